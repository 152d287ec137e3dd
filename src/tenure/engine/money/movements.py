"""What moved MRR between two moments, account by account, and why.

For an account with s = MRR(start) and e = MRR(end), both at the rates of one day:

    new            s <= 0 < e, nothing paid until start
    reactivation   s <= 0 < e, paid some time before
    churn          e <= 0 < s
    expansion      e > s otherwise
    contraction    e < s otherwise

so MRR(end) = MRR(start) + new + reactivation + expansion - contraction - churn, by construction
for each account and hence for any set of them. Causes
come from the steps in between (`causes`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tenure.engine.money.causes import Cause, Change, account_changes, paid_by
from tenure.engine.money.currency import Conversion
from tenure.engine.money.mrr import ZERO, mrr_at, unconverted
from tenure.engine.money.periods import Period, by_account, regroup


class Kind(StrEnum):
    """The five movements."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"

    @property
    def sign(self) -> int:
        """+1 for what adds to MRR, -1 for what takes from it."""
        return -1 if self in {Kind.CONTRACTION, Kind.CHURN} else 1


@dataclass(frozen=True, slots=True)
class Movement:
    """An account's net change between two moments.

    Attributes:
        amount: Above zero, in the reporting currency.
        causes: (cause, signed amount), summing exactly to `after - before`.
    """

    account: int
    kind: Kind
    amount: Decimal
    before: Decimal
    after: Decimal
    causes: tuple[tuple[Cause, Decimal], ...]

    @property
    def signed(self) -> Decimal:
        """`after - before`."""
        return self.kind.sign * self.amount


def movements(
    periods: Iterable[Period],
    start: datetime,
    end: datetime,
    convert: Conversion,
    group: Mapping[int, int] | None = None,
) -> list[Movement]:
    """Every account's movement over (start, end], by account key; no row where MRR is the same.

    Args:
        periods: Periods with their effective ends, of all time before `end`: what an account
            paid long ago tells a return from a first purchase.
        start: MRR at this moment is the base.
        end: MRR at this moment is the outcome; not before `start`.
        convert: The rates of one day, used for both ends.
        group: Account key to the key it is counted under (see `hierarchy.roots`); an account
            that isn't in it stands for itself. A group moves as one: what one member loses and
            another wins isn't movement of the group.

    Raises:
        ValueError: `end` is before `start`.
    """
    found = (
        _movement(s, start, end, convert) for s in _scopes(periods, start, end, convert, group)
    )
    return [movement for movement in found if movement is not None]


def changes(
    periods: Iterable[Period], start: datetime, end: datetime, convert: Conversion
) -> list[Change]:
    """Every step of every subscription in (start, end], with amount 0 where terms changed free."""
    scopes = _scopes(periods, start, end, convert, None)
    return [change for own in scopes for change in account_changes(own, start, end, convert)]


def _scopes(
    periods: Iterable[Period],
    start: datetime,
    end: datetime,
    convert: Conversion,
    group: Mapping[int, int] | None,
) -> Iterator[list[Period]]:
    """Periods of each account (or group) whose money can be converted throughout."""
    if end < start:
        raise ValueError("movements need start <= end")
    everything = regroup(periods, group or {})
    missing = unconverted(everything, start, end, convert)
    for account, own in sorted(by_account(everything).items()):
        if account not in missing:
            yield own


def _movement(
    own: Sequence[Period], start: datetime, end: datetime, convert: Conversion
) -> Movement | None:
    before = mrr_at(own, start, convert) or ZERO
    after = mrr_at(own, end, convert) or ZERO
    if before == after:
        return None
    kind = kind_of(before, after, paid_before=paid_by(own, start))
    causes = _causes(kind, account_changes(own, start, end, convert), after - before)
    return Movement(own[0].account, kind, abs(after - before), before, after, causes)


def kind_of(before: Decimal, after: Decimal, *, paid_before: bool) -> Kind:
    """The movement from one MRR to a different one."""
    if before <= 0 < after:
        return Kind.REACTIVATION if paid_before else Kind.NEW
    if after <= 0 < before:
        return Kind.CHURN
    return Kind.EXPANSION if after > before else Kind.CONTRACTION


def _causes(kind: Kind, steps: Iterable[Change], net: Decimal) -> tuple[tuple[Cause, Decimal], ...]:
    """Steps summed by cause; what starts or ends an account altogether has that one cause."""
    if kind is Kind.CHURN:
        return ((Cause.END, net),)
    if kind is Kind.REACTIVATION:
        return ((Cause.RETURN, net),)
    if kind is Kind.NEW:
        trial = any(step.cause is Cause.TRIAL for step in steps)
        return ((Cause.TRIAL if trial else Cause.START, net),)
    sums: dict[Cause, Decimal] = defaultdict(Decimal)
    for step in steps:
        sums[step.cause] += step.amount
    return tuple((cause, sums[cause]) for cause in Cause if sums.get(cause))
