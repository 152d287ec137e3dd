"""The book quarter by quarter: what is up, what is likely to be left of it, and what was called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import Greatest

from tenure.forecast.models import Call
from tenure.web.account.outlook import months_until
from tenure.web.models import Renewal
from tenure.web.renewals.calls import Key, amount_of, called_only, calls_brief
from tenure.web.renewals.quarters import Quarter

if TYPE_CHECKING:
    from tenure.engine.states import Scenario, Scenarios

RUNS = 500
HALF = 0.5
Z90 = 1.6448536269514722
YEAR = 12
_FIELDS = (
    "quarter", "account_id", "renews_on", "mrr", "renew", "downsell", "upsell", "cut", "rise",
    "after",
)  # fmt: skip

_COUNTED = ("mrr", "renew", "down", "up", "cut", "rise")


@dataclass(frozen=True)
class Line:
    """A renewal as it counts."""

    account: int
    day: date
    mrr: float | None
    renew: float | None
    downsell: float
    upsell: float
    cut: float
    rise: float
    after: float | None

    @property
    def down(self) -> float:
        """As it counts in an amount: so that both can come, each at most a half."""
        return min(self.downsell, HALF)

    @property
    def up(self) -> float:
        return min(self.upsell, HALF)

    @property
    def counts(self) -> bool:
        """Whether it is to come and something is foreseen of it."""
        return self.after is None and self.mrr is not None and self.renew is not None

    @property
    def expected(self) -> float:
        """MRR expected after it: as the expected scenario has it."""
        size = 1.0 - self.down * self.cut + self.up * self.rise
        return (self.mrr or 0.0) * (self.renew or 0.0) * size


@dataclass(frozen=True)
class Calls:
    """Calls on renewals to come. `expected`: what the model expects of the same ones."""

    count: int = 0
    amount: float = 0.0
    at_risk: float = 0.0
    expected: float = 0.0


@dataclass(frozen=True)
class QuarterRow:
    """One quarter in MRR of the reporting currency.

    Attributes:
        count, mrr: Everything up for renewal; `unpriced` have no rate and no amount.
        over, over_mrr, left, lost: Those that are over: how many, what was up, what is left of
            it, and how many of them left for good.
        foreseen: What was expected of those over when the quarter began; None without forecasts.
        open: To come and foreseen: scenarios of `open_mrr`. `blind`, `blind_mrr`: to come without.
    """

    quarter: Quarter
    count: int
    mrr: float
    unpriced: int
    over: int
    over_mrr: float
    left: float
    lost: int
    foreseen: float | None
    open: int
    open_mrr: float
    blind: int
    blind_mrr: float
    low: float
    expected: float
    high: float
    lost_amount: float
    downsold: float
    upsold: float
    calls: Calls = Calls()

    @property
    def annual(self) -> float:
        return self.mrr * YEAR

    @property
    def share(self) -> float | None:
        """Of what is over and foreseen, what is left or expected to be."""
        whole = self.over_mrr + self.open_mrr
        return self.expected / whole if whole else None


def quarter_rows(
    renewals: QuerySet[Renewal], quarters: Sequence[Quarter], today: date
) -> list[QuarterRow]:
    """A row of each quarter, in order, without calls: those change more often than the rest."""
    by_quarter = _lines(renewals, quarters)
    return [_row(quarter, by_quarter[quarter.first], today) for quarter in quarters]


def _lines(renewals: QuerySet[Renewal], quarters: Sequence[Quarter]) -> dict[date, list[Line]]:
    found: dict[date, list[Line]] = {quarter.first: [] for quarter in quarters}
    for first, *rest in renewals.values_list(*_FIELDS):
        if first in found:
            found[first].append(Line(*rest))
    return found


def lines_of(renewals: QuerySet[Renewal]) -> list[Line]:
    """Renewals as they count, in no order."""
    return [Line(*rest) for _quarter, *rest in renewals.values_list(*_FIELDS)]


def with_calls(rows: Sequence[QuarterRow], renewals: QuerySet[Renewal]) -> list[QuarterRow]:
    """The rows with the sums of the calls made on what is to come."""
    quarters = [row.quarter for row in rows]
    calls = calls_brief(quarters[0].first, quarters[-1].last)
    open_ones = renewals.filter(after=None, mrr__isnull=False, renew__isnull=False)
    made = _lines(called_only(open_ones), quarters) if calls else {}
    return [replace(row, calls=_calls(made.get(row.quarter.first, ()), calls)) for row in rows]


def _row(quarter: Quarter, lines: Sequence[Line], today: date) -> QuarterRow:
    over = [line for line in lines if line.after is not None and line.mrr is not None]
    to_come = [line for line in lines if line.counts]
    blind = [line for line in lines if line.after is None and not line.counts]
    left = sum(line.after or 0.0 for line in over)
    told = scenarios_of(to_come, today)
    known = [line for line in over if line.renew is not None]
    return QuarterRow(
        quarter=quarter,
        count=len(lines),
        mrr=_mrr(lines),
        unpriced=sum(line.mrr is None for line in lines),
        over=len(over),
        over_mrr=_mrr(over),
        left=left,
        lost=sum(not line.after for line in over),
        foreseen=sum(line.expected for line in known) if len(known) == len(over) > 0 else None,
        open=len(to_come),
        open_mrr=_mrr(to_come),
        blind=len(blind),
        blind_mrr=_mrr(blind),
        low=left + _total(told, "downside"),
        expected=left + _total(told, "expected"),
        high=left + _total(told, "upside"),
        lost_amount=_part(told, "lost"),
        downsold=_part(told, "downsold"),
        upsold=_part(told, "upsold"),
    )


def _mrr(lines: Iterable[Line]) -> float:
    return sum(line.mrr or 0.0 for line in lines)


def scenarios_of(lines: Sequence[Line], today: date) -> "Scenarios | None":
    """Downside, expected and upside of renewals to come; None without any."""
    from tenure.engine.states import Renewals, scenarios  # loads much that few pages need

    if not lines:
        return None
    book = Renewals.of(
        [max(months_until(today, line.day), 1) for line in lines],
        *([getattr(line, name) for line in lines] for name in _COUNTED),
    )
    return scenarios(book, runs=RUNS)


def _total(told: "Scenarios | None", name: str) -> float:
    found: Scenario | None = None if told is None else getattr(told, name)
    return 0.0 if found is None else max(found.total, 0.0)


def _part(told: "Scenarios | None", name: str) -> float:
    return 0.0 if told is None else float(getattr(told.expected, name).sum())


def _calls(lines: Sequence[Line], calls: Mapping[Key, tuple[str, Decimal | None]]) -> Calls:
    made = [
        (line, call, amount_of(call, amount, line.mrr))
        for line in lines
        for call, amount in [calls[line.account, line.day]]
    ]
    return Calls(
        count=len(made),
        amount=sum(amount for _line, _call, amount in made),
        at_risk=sum(amount for _line, call, amount in made if call == Call.AT_RISK),
        expected=sum(line.expected for line, _call, _amount in made),
    )


@dataclass(frozen=True)
class MonthlyRow:
    """Monthly terms in one quarter. `loss` with its interval: expected; of the past, what went."""

    quarter: Quarter
    accounts: int
    mrr: float
    loss: float | None
    low: float | None
    high: float | None


def monthly_rows(monthly: QuerySet[Renewal], quarters: Sequence[Quarter]) -> list[MonthlyRow]:
    """What monthly terms are expected to lose, all accounts moving independently."""
    leaves = F("there") - F("renew")
    sums = monthly.values("quarter").annotate(
        accounts=Sum(Value(1)),
        whole=Sum("mrr"),
        loss=Sum(F("mrr") * leaves),
        spread=Sum(F("mrr") * F("mrr") * leaves * (1.0 - leaves)),
        gone=Sum(Greatest(F("mrr") - F("after"), Value(0.0))),
    )
    found: dict[date, Mapping[str, Any]] = {row["quarter"]: row for row in sums}
    return [
        _monthly(quarter, found[quarter.first]) for quarter in quarters if quarter.first in found
    ]


def _monthly(quarter: Quarter, row: Mapping[str, Any]) -> MonthlyRow:
    loss, spread = row["loss"], row["spread"]
    low = high = None
    if quarter.over:
        loss = row["gone"]
    elif loss is not None and spread is not None:
        wide = Z90 * max(spread, 0.0) ** 0.5
        low, high = max(loss - wide, 0.0), min(loss + wide, row["whole"] or 0.0)
    return MonthlyRow(quarter, int(row["accounts"] or 0), row["whole"] or 0.0, loss, low, high)
