"""What is to come of an account, as forecast from what was known on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.accounts.models import Account
from tenure.core.wording import listed
from tenure.engine.money import AccountState
from tenure.forecast.models import ForecastRun, Prediction
from tenure.forecast.selectors import Prophecy, live_run, prediction_current, prediction_on
from tenure.metrics.selectors import snapshot_of
from tenure.relationship.models import Level
from tenure.web.account.driver_words import Titles, driver_name, lower_sentence
from tenure.web.account.drivers import Waterfall, waterfall
from tenure.web.account.known import Known
from tenure.web.account.standing import StandingThen
from tenure.web.account.usage import coverage_of
from tenure.web.definitions.scorecards import feature_titles
from tenure.web.evidence.head import chosen_name
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import share

HORIZONS = (3, 6, 12)
YEAR = 12
LIKELY = {
    "contraction": gettext_lazy("Pays less"),
    "expansion": gettext_lazy("Pays more"),
    "client": gettext_lazy("Becomes a client"),
}
CLIENTS = (Level.CLIENT, Level.ADVOCATE)


@dataclass(frozen=True)
class Chance:
    """The chance of still paying after some months, with its 90 % interval."""

    months: int
    value: float
    low: float
    high: float

    @property
    def tone(self) -> str:
        return "good" if self.value >= 0.9 else "fair" if self.value >= 0.7 else "poor"


@dataclass(frozen=True)
class Likely:
    """Something else than leaving, and the chance that it comes within a year.

    `low`, `high`: its 90 % interval; None of forecasts made before there was one.
    """

    cause: str
    name: str
    chance: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Lower:
    """What would lower the risk of leaving within a year, in words; `chance`: what it would be."""

    name: str
    text: str
    chance: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """A prediction, taken apart for the page."""

    prophecy: Prophecy
    chances: list[Chance]
    waterfall: Waterfall
    likely: list[Likely]
    lowers: list[Lower] | None

    @property
    def prediction(self) -> Prediction:
        return self.prophecy.row

    @property
    def year(self) -> Chance:
        """The chance that the log odds of the drivers are of."""
        p = self.prophecy
        return Chance(min(YEAR, len(p.survival)), p.stay, p.stay_low, p.stay_high)

    @property
    def run(self) -> ForecastRun:
        return self.prophecy.run

    @property
    def kind(self) -> str:
        """What kind of model made the prediction."""
        return chosen_name(self.run.chosen)


def outlook_then(account: Account, known: Known, standing: StandingThen | None) -> Outlook | None:
    """The prediction known at the time, if it was not out of date; None when there is none."""
    on = known.on
    found = prediction_current(account) if on is None else prediction_on(account, on)
    if found is None or not found.survival:
        return None
    titles = feature_titles()
    return Outlook(
        found,
        chances_of(found),
        waterfall(found.row, titles),
        _likely(found, standing),
        lowers_of(found, titles),
    )


def lowers_of(p: Prophecy, titles: Titles) -> list[Lower] | None:
    """Best first; None where it was not worked out."""
    if p.row.lowers is None:
        return None
    return [
        Lower(
            driver_name(one["name"], titles), lower_sentence(one, p.churn, titles),
            one["chance"], one["low"], one["high"],
        )
        for one in p.row.lowers
    ]  # fmt: skip


def chances_of(p: Prophecy) -> list[Chance]:
    """After 3, 6 and 12 months, as far as the forecast reaches."""
    return [
        Chance(m, p.survival[m - 1], p.low[m - 1], p.high[m - 1])
        for m in HORIZONS
        if m <= len(p.survival)
    ]


def _likely(p: Prophecy, standing: StandingThen | None) -> list[Likely]:
    """An account that is a client already is not told how likely it becomes one."""
    is_client = standing is not None and standing.level in CLIENTS
    return [
        Likely(cause, str(name), p.incidence[cause][:YEAR][-1], *p.ranges.get(cause, (None, None)))
        for cause, name in LIKELY.items()
        if p.incidence.get(cause) and not (cause == "client" and is_client)
    ]


@dataclass(frozen=True)
class Other:
    """A past account that was like this one. `name`: only of an account the reader may see."""

    pk: int
    name: str
    origin: date
    stayed: bool


@dataclass(frozen=True)
class Similar:
    """`stayed` of `all` were still paying a year after they looked like this one."""

    all: int
    stayed: int
    named: list[Other]

    @property
    def hidden(self) -> int:
        return self.all - len(self.named)


def similar_then(prediction: Prediction, visible: QuerySet[Account]) -> Similar:
    """Accounts that were driven by the same things, and what became of them."""
    rows = prediction.similar
    names = dict(visible.filter(pk__in=[row["account"] for row in rows]).values_list("pk", "name"))
    stayed = [not 0 < row["months"] <= YEAR for row in rows]
    named = [
        Other(row["account"], names[row["account"]], date.fromisoformat(row["origin"][:10]), kept)
        for row, kept in zip(rows, stayed, strict=True)
        if row["account"] in names
    ]
    return Similar(len(rows), sum(stayed), named)


def details(
    outlook: Outlook, context: dict[str, Any], visible: QuerySet[Account]
) -> dict[str, Any]:
    """What only the tab shows."""
    sources = coverage_of(snapshot_of(context["account"]))
    past = context["known"].past
    return {
        "curve": curve_chart(outlook.prediction, context["contract"].state),
        "similar": similar_then(outlook.prediction, visible),
        "sources_have": None if past else sum(source.newest is not None for source in sources),
        "sources_all": None if past else len(sources),
        "models_url": page_url("models"),
    }


def page_url(name: str) -> str:
    """The address of a page, or "" when it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def why_none(state: AccountState, known: Known) -> tuple[str, str]:
    """What to say in place of a forecast: a heading, and what to do."""
    if not state.mrr and not state.unconverted:
        title = _("Not paying, so there is nothing to foresee")
        return title, _("Forecasts are of accounts that pay. They start with the first payment.")
    if known.past:
        title = _("No forecast had been made by then")
        return title, _("Forecasts are kept from the day they are made; choose a later day.")
    if live_run() is None:
        title = _("No model yet")
        return title, _("Once subscriptions are loaded, the refresh trains one and forecasts.")
    title = _("No forecast of the last two weeks")
    return title, _("An older one would be out of date; the next refresh makes another.")


def curve_chart(prediction: Prediction, state: AccountState) -> Chart:
    """The chance of still paying after each month, falling as a step, with its interval."""
    p = prediction
    months = len(p.survival)
    renewals = renewal_months(p.as_of, state, months)
    names = [_("now"), *(str(m) for m in range(1, months + 1))]
    at = min(YEAR, months)
    summary = _("%(chance)s likely to be paying in %(n)s months, %(low)s to %(high)s at 90 %%.") % {
        "chance": share(p.survival[at - 1]), "n": at,
        "low": share(p.low[at - 1]), "high": share(p.high[at - 1]),
    }  # fmt: skip
    if renewals:
        summary += " " + ngettext(
            "The contract renews in month %(months)s.",
            "The contract renews in months %(months)s.",
            len(renewals),
        ) % {"months": listed(map(str, renewals))}  # fmt: skip
    curve = Series(
        _("Still paying"), [100.0, *map(_percent, p.survival)], "client",
        low=[100.0, *map(_percent, p.low)], high=[100.0, *map(_percent, p.high)],
    )  # fmt: skip
    return Chart(
        key="outlook", title=_("Chance of still paying"), kind="step", unit="%", decimals=1,
        most=100.0, labels=names, series=[curve], summary=summary,
        note=_("months ahead, with 90 % interval; lines where the contract renews"),
        marks=[(m, _("renews")) for m in renewals],
    )  # fmt: skip


def _percent(value: float) -> float:
    return round(100 * value, 2)


def renewal_months(as_of: date, state: AccountState, months: int) -> list[int]:
    """The months ahead in which the contract renews; of monthly terms none is told apart."""
    if state.renews_at is None or (state.term_months or 0) == 1:
        return []
    first = months_until(as_of, state.renews_at.date())
    every = state.term_months or months + 1
    return [m for m in range(first, months + 1, every) if m >= 1]


def months_until(as_of: date, day: date) -> int:
    """The month ahead in which a day falls; the first ends a month after `as_of`."""
    whole = (day.year - as_of.year) * 12 + day.month - as_of.month
    return whole + (day.day > as_of.day)
