"""The renewal book: what comes up for renewal, how likely it renews, and what that may bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.contracts.selectors import RenewalDue, renewals_between
from tenure.core import clock
from tenure.engine.panel.calendar import month_of
from tenure.forecast.inputs.days import months_back
from tenure.forecast.models import ForecastRun, Prediction, RenewalCall
from tenure.forecast.selectors.predictions import incidence_of, newest_rows

if TYPE_CHECKING:
    from tenure.engine.states import Scenarios


@dataclass(frozen=True)
class RenewalLine:
    """One renewal. `renews`, `low`, `high`: P(the account is there after it), with its interval.

    `down`, `up`: P(it contracts, expands by the end of that month). None: not predicted. `amount`
    is the MRR up for renewal, in the reporting currency; None without a rate.
    """

    account: int
    name: str
    subscription: str
    due: date
    month: int
    amount: Decimal | None
    auto_renew: bool | None
    notice: bool
    renews: float | None
    low: float | None
    high: float | None
    down: float | None
    up: float | None
    call: RenewalCall | None


@dataclass(frozen=True)
class ScenarioMonth:
    """Amounts up for renewal in a calendar month, and what three scenarios keep of them."""

    month: date
    due: float
    downside: float
    expected: float
    upside: float


@dataclass(frozen=True)
class RenewalBook:
    """Renewals in [start, end), by date. `unknown`: those without a prediction or an amount; they
    are in no scenario.
    """

    start: date
    end: date
    lines: tuple[RenewalLine, ...]
    months: tuple[ScenarioMonth, ...]
    unknown: int

    @property
    def due(self) -> float:
        """MRR up for renewal in the scenarios."""
        return sum(month.due for month in self.months)

    @property
    def expected(self) -> float:
        """MRR expected to be kept."""
        return sum(month.expected for month in self.months)

    @property
    def downside(self) -> float:
        """What is kept one time in ten, or less."""
        return sum(month.downside for month in self.months)

    @property
    def upside(self) -> float:
        """What is kept one time in ten, or more."""
        return sum(month.upside for month in self.months)


def renewal_book(
    accounts: QuerySet[Account], start: date | None = None, quarters: int = 2
) -> RenewalBook:
    """The renewals of some accounts from a day (today) to the end of the last of some quarters."""
    today = clock.today()
    first = max(start or today, today)
    last = _quarter_end(first, quarters)
    names = dict(accounts.values_list("pk", "name"))
    due = [d for d in renewals_between(first, last, names) if d.at.date() >= first]
    said = {
        row.account_id: row
        for row in newest_rows(accounts).defer("drivers", "similar").select_related("run")
    }
    calls = _calls(names, first, last)
    lines = tuple(_line(d, names, said.get(d.account), calls, today) for d in due)
    sizes = _sizes(next(iter(said.values())).run if said else None)
    told = [line for line in lines if line.renews is not None and line.amount is not None]
    return RenewalBook(
        start=first,
        end=last,
        lines=lines,
        months=_months(told, sizes),
        unknown=len(lines) - len(told),
    )


def _quarter_end(day: date, quarters: int) -> date:
    """The first day after the last of so many quarters, the running one being the first."""
    begins = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return months_back(begins, -3 * max(quarters, 1))


def _calls(
    names: Mapping[int, str], first: date, last: date
) -> dict[tuple[int, date], RenewalCall]:
    rows = RenewalCall.objects.filter(
        account__in=list(names), renews_on__range=(first, last)
    ).select_related("author")
    return {(row.account_id, row.renews_on): row for row in rows.order_by("pk")}


def _line(
    due: RenewalDue,
    names: Mapping[int, str],
    said: Prediction | None,
    calls: Mapping[tuple[int, date], RenewalCall],
    today: date,
) -> RenewalLine:
    day = due.at.date()
    at = said.as_of if said else today
    month = max(int(month_of(at, day)), 1)
    inside = said is not None and month <= len(said.survival)
    chances: dict[str, float | None] = dict.fromkeys(("renews", "low", "high", "down", "up"))
    if said is not None and inside:
        chances = {
            "renews": said.survival[month - 1],
            "low": said.low[month - 1],
            "high": said.high[month - 1],
            "down": _within(said, "contraction", month),
            "up": _within(said, "expansion", month),
        }
    return RenewalLine(
        account=due.account,
        name=names[due.account],
        subscription=due.subscription,
        due=day,
        month=month,
        amount=due.mrr,
        auto_renew=due.auto_renew,
        notice=due.cancel_notified_at is not None,
        call=calls.get((due.account, day)),
        **chances,
    )


def _within(said: Prediction, cause: str, month: int) -> float | None:
    hazard = said.hazards.get(cause)
    return None if hazard is None else incidence_of(said.survival, hazard)[month - 1]


def _sizes(run: ForecastRun | None) -> tuple[float, float]:
    """Mean cut and rise of past contractions and expansions."""
    given = run.parameters if run is not None else {"cuts": [], "raises": []}
    cuts, raises = given["cuts"], given["raises"]
    cut = float(np.mean(cuts)) if cuts else 0.0
    return cut, min(float(np.mean(raises)), 1.0) if raises else 0.0


def _months(lines: Sequence[RenewalLine], sizes: tuple[float, float]) -> tuple[ScenarioMonth, ...]:
    from tenure.engine.states import Renewals, scenarios  # loads much that few processes need

    if not lines:
        return ()
    calendar = sorted({line.due.replace(day=1) for line in lines})
    place = {month: at for at, month in enumerate(calendar)}
    renew = np.clip([line.renews or 0.0 for line in lines], 1e-6, 1.0 - 1e-6)
    down = np.clip([(line.down or 0.0) for line in lines] / renew, 0.0, 0.5)
    up = np.clip([(line.up or 0.0) for line in lines] / renew, 0.0, 0.5)
    book = Renewals.of(
        [place[line.due.replace(day=1)] + 1 for line in lines],
        [float(line.amount or 0) for line in lines],
        renew,
        down,
        up,
        sizes[0],
        sizes[1],
    )
    return _by_month(scenarios(book, runs=1000), calendar)


def _by_month(told: "Scenarios", calendar: Sequence[date]) -> tuple[ScenarioMonth, ...]:
    size = len(calendar)
    middle = told.expected
    parts = [one.by_month(one.kept, size).tolist() for one in (told.downside, middle, told.upside)]
    due = middle.by_month(middle.amount, size).tolist()
    rows = zip(calendar, due, *parts, strict=True)
    return tuple(ScenarioMonth(*row) for row in rows)


def renewal_calls(account: Account) -> list[RenewalCall]:
    """Calls on an account's renewals, newest first."""
    rows = RenewalCall.objects.filter(account=account).select_related("author")
    return list(rows.order_by("-made_at", "-pk"))
