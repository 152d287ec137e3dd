"""What moved MRR between two moments, account by account, and why.

For an account with s = MRR(start) and e = MRR(end), both at the rates of one day:

    new            s <= 0 < e, nothing paid until start
    reactivation   s <= 0 < e, paid some time before
    churn          e <= 0 < s
    expansion      e > s otherwise
    contraction    e < s otherwise

so MRR(end) = MRR(start) + new + reactivation + expansion - contraction - churn, by construction
for each account and hence for any set of them.

Causes come from the steps in between. A step from old terms (v0, n0 seats) to new ones (v1, n1)
splits into seats = v0 * (n1 - n0) / n0, rounded to 0.0001, and the rest, v1 - v0 - seats, which
is the plan's doing if the plan changed, the currency's if that changed, else the price's. The
first factor is valued at old prices and the second at new quantities (Laspeyres and Paasche), so
that the two add up exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tenure.engine.money.currency import CENT_OF_CENT, Conversion
from tenure.engine.money.mrr import ZERO, mrr_at, unconverted
from tenure.engine.money.periods import Period, by_account, by_subscription, regroup


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


class Cause(StrEnum):
    """Why MRR changed. Product: another subscription came or went while the account paid."""

    START = "start"
    TRIAL = "trial"
    RETURN = "return"
    PLAN = "plan"
    SEATS = "seats"
    PRICE = "price"
    PRODUCT = "product"
    CURRENCY = "currency"
    END = "end"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of one subscription, for one cause. `amount` is signed and may be zero."""

    account: int
    subscription: str
    at: datetime
    cause: Cause
    amount: Decimal


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
    return [change for own in scopes for change in _changes(own, start, end, convert)]


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
    kind = kind_of(before, after, paid_before=_paid_by(own, start))
    causes = _causes(kind, _changes(own, start, end, convert), after - before)
    return Movement(own[0].account, kind, abs(after - before), before, after, causes)


def kind_of(before: Decimal, after: Decimal, *, paid_before: bool) -> Kind:
    """The movement from one MRR to a different one."""
    if before <= 0 < after:
        return Kind.REACTIVATION if paid_before else Kind.NEW
    if after <= 0 < before:
        return Kind.CHURN
    return Kind.EXPANSION if after > before else Kind.CONTRACTION


def _paid_by(own: Iterable[Period], moment: datetime) -> bool:
    return any(p.pays and p.started <= moment for p in own)


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


@dataclass(frozen=True, slots=True)
class _Step:
    """A subscription passes from the terms `before` to `after` (None: no terms)."""

    at: datetime
    before: Period | None
    after: Period | None


def _changes(
    own: Sequence[Period], start: datetime, end: datetime, convert: Conversion
) -> list[Change]:
    total = mrr_at(own, start, convert) or ZERO
    ever = _paid_by(own, start)
    found: list[Change] = []
    for batch in _batches(own, start, end):
        net = sum((_value(s.after, convert) - _value(s.before, convert) for s in batch), ZERO)
        context = _Context(total, total + net, ever, tuple(own))
        for step in batch:
            found += _explained(step, context, convert)
        total += net
        ever = ever or total > 0
    return found


def _batches(own: Sequence[Period], start: datetime, end: datetime) -> Iterator[list[_Step]]:
    """The steps in (start, end] by moment, in order."""
    batches: dict[datetime, list[_Step]] = defaultdict(list)
    for line in by_subscription(own):
        for step in _steps(line):
            if start < step.at <= end:
                batches[step.at].append(step)
    for _, batch in sorted(batches.items()):
        yield _takeovers(batch)


def _steps(line: Sequence[Period]) -> Iterator[_Step]:
    before: Period | None = None
    for period in line:
        if before is not None and before.ended is not None and before.ended < period.started:
            yield _Step(before.ended, before, None)
            before = None
        yield _Step(period.started, before, period)
        before = period
    if before is not None and before.ended is not None:
        yield _Step(before.ended, before, None)


def _takeovers(batch: list[_Step]) -> list[_Step]:
    """Join the one subscription that ends with the one that starts at the very same moment.

    Some billing systems cancel and create anew where others change the terms.
    """
    gone = [s for s in batch if s.after is None]
    came = [s for s in batch if s.before is None]
    if len(gone) != 1 or len(came) != 1:
        return batch
    joined = _Step(came[0].at, gone[0].before, came[0].after)
    return [s for s in batch if s not in (gone[0], came[0])] + [joined]


@dataclass(frozen=True, slots=True)
class _Context:
    """The account around one moment: its MRR before and after, and whether it ever paid."""

    before: Decimal
    after: Decimal
    ever_paid: bool
    own: tuple[Period, ...]

    def cause_of_start(self, at: datetime) -> Cause:
        if self.before > 0:
            return Cause.PRODUCT
        if self.ever_paid:
            return Cause.RETURN
        tried = any(p.is_trial and p.started < at for p in self.own)
        return Cause.TRIAL if tried else Cause.START

    def cause_of_end(self) -> Cause:
        return Cause.PRODUCT if self.after > 0 else Cause.END


def _explained(step: _Step, context: _Context, convert: Conversion) -> Iterator[Change]:
    old, new = _value(step.before, convert), _value(step.after, convert)
    terms = step.after or step.before
    if terms is None:
        return
    if old and new and step.before is not None and step.after is not None:
        parts = _split(step.before, step.after, old, new)
    elif new:
        parts = [(context.cause_of_start(step.at), new)]
    elif old:
        parts = [(context.cause_of_end(), -old)]
    else:
        parts = []
    for cause, amount in parts:
        yield Change(terms.account, terms.subscription, step.at, cause, amount)


def _split(
    before: Period, after: Period, old: Decimal, new: Decimal
) -> list[tuple[Cause, Decimal]]:
    """The parts of a change of terms; they sum exactly to new - old."""
    rest_cause = Cause.PRICE
    if before.plan != after.plan:
        rest_cause = Cause.PLAN
    elif before.currency != after.currency:
        rest_cause = Cause.CURRENCY
    seats_changed = before.seats != after.seats
    if old == new:
        if rest_cause is not Cause.PRICE:
            return [(rest_cause, ZERO)]
        return [(Cause.SEATS, ZERO)] if seats_changed else []
    seats = ZERO
    if seats_changed and before.seats and after.seats:
        seats = (old * (after.seats - before.seats) / before.seats).quantize(CENT_OF_CENT)
    parts = [(Cause.SEATS, seats), (rest_cause, new - old - seats)]
    return [(cause, amount) for cause, amount in parts if amount or cause is Cause.PLAN]


def _value(period: Period | None, convert: Conversion) -> Decimal:
    if period is None or period.is_trial:
        return ZERO
    # Only steps inside the window are valued, and there every amount has a rate.
    return convert(period.mrr, period.currency) or ZERO
