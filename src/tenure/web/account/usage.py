"""Weekly series of an account's metrics, cut off at the point in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.models import Account
from tenure.metrics.models import AccountSnapshot
from tenure.metrics.selectors import Series as Weekly
from tenure.metrics.selectors import series_until, snapshot_of
from tenure.web.account.known import Known
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import day_text, plain

WEEKS = 78
CHARTS = (
    ("active_people", gettext_lazy("Active people"), "area", 0),
    ("events", gettext_lazy("Events"), "bar", 0),
    ("active_days", gettext_lazy("Active days"), "bar", 0),
    ("seat_share", gettext_lazy("Share of seats used"), "line", 0),
    ("feature_breadth", gettext_lazy("Features used"), "line", 0),
    ("stickiness", gettext_lazy("Stickiness: weekly of monthly active people"), "line", 0),
    ("usage_vs_baseline", gettext_lazy("Usage against the account's own baseline"), "line", 1),
    ("usage_trend", gettext_lazy("Trend of events over 8 weeks"), "line", 3),
)
SHARES = ("seat_share", "stickiness")
SOURCES = {
    "events": gettext_lazy("Product events"),
    "contracts": gettext_lazy("Contracts"),
    "touchpoints": gettext_lazy("Touchpoints"),
    "tickets": gettext_lazy("Tickets"),
    "surveys": gettext_lazy("Surveys"),
    "invoices": gettext_lazy("Invoices"),
}


@dataclass(frozen=True)
class UsageThen:
    """Weekly series by then, and the newest values. `as_of`: the last day they cover."""

    weekly: Weekly
    values: Mapping[str, float | None]
    as_of: date | None
    snapshot: AccountSnapshot | None

    def value(self, key: str) -> float | None:
        return self.values.get(key)


def usage_then(account: Account, known: Known) -> UsageThen:
    """The series up to the day; looking back, only whole weeks, since the last is not stored."""
    snapshot = snapshot_of(account)
    weekly = series_until(account, snapshot)
    if not known.past:
        values = snapshot.values if snapshot else {}
        return UsageThen(weekly, values, snapshot.as_of if snapshot else None, snapshot)
    count = sum(week + timedelta(days=6) <= known.day for week in weekly.weeks)
    cut = Weekly(weekly.weeks[:count], {k: v[:count] for k, v in weekly.values.items()})
    last = {key: values[-1] for key, values in cut.values.items() if values}
    as_of = cut.weeks[-1] + timedelta(days=6) if cut.weeks else None
    return UsageThen(cut, last, as_of, None)


def usage_charts(usage: UsageThen, keys: tuple[str, ...] = ()) -> list[Chart]:
    """A chart of each metric that has values, in a standing order."""
    return [
        _chart(usage.weekly, key, str(name), kind, decimals)
        for key, name, kind, decimals in CHARTS
        if (not keys or key in keys)
        and any(v is not None for v in usage.weekly.values.get(key, ())[-WEEKS:])
    ]


def _chart(weekly: Weekly, key: str, name: str, kind: str, decimals: int) -> Chart:
    weeks, values = weekly.weeks[-WEEKS:], weekly.values[key][-WEEKS:]
    if key in SHARES:
        values = [None if v is None else round(100 * v, 1) for v in values]
    there = [v for v in values if v is not None]
    text = _("%(name)s by week: %(a)s at first, %(b)s at last, between %(low)s and %(high)s.")
    summary = text % {
        "name": name, "a": plain(there[0]), "b": plain(there[-1]),
        "low": plain(min(there)), "high": plain(max(there)),
    }  # fmt: skip
    return Chart(
        key=key.replace("_", "-"), title=name, summary=summary, kind=kind, decimals=decimals,
        labels=[day_text(week) for week in weeks], series=[Series(name, values)],
        note=_("weeks from Monday"), unit="%" if key in SHARES else "",
        most=100.0 if key in SHARES and max(there) <= 100 else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Freshness:
    """A source and the day of its newest fact; `age`: days from then to now."""

    name: str
    newest: date | None


def coverage_of(snapshot: AccountSnapshot | None) -> list[Freshness]:
    """Each source with the day of its newest fact about the account."""
    if snapshot is None:
        return []
    return [
        Freshness(str(SOURCES.get(source, source)), date.fromisoformat(day[:10]) if day else None)
        for source, day in snapshot.coverage.items()
    ]
