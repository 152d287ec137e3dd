"""Why MRR changed: the steps of subscriptions between two moments, each with its cause.

A step from old terms (v0, n0 seats) to new ones (v1, n1) splits into seats = v0 * (n1 - n0) / n0,
rounded to 0.0001, and the rest, v1 - v0 - seats, which is the plan's doing if the plan changed,
the currency's if that changed, else the price's. The first factor is valued at old prices and the
second at new quantities (Laspeyres and Paasche), so that the two add up exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tenure.engine.money.currency import CENT_OF_CENT, Conversion
from tenure.engine.money.mrr import ZERO, mrr_at
from tenure.engine.money.periods import Period, by_subscription


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


def paid_by(own: Iterable[Period], moment: datetime) -> bool:
    """Whether any of the periods was paid for at or before a moment."""
    return any(p.pays and p.started <= moment for p in own)


@dataclass(frozen=True, slots=True)
class _Step:
    """A subscription passes from the terms `before` to `after` (None: no terms)."""

    at: datetime
    before: Period | None
    after: Period | None


def account_changes(
    own: Sequence[Period], start: datetime, end: datetime, convert: Conversion
) -> list[Change]:
    """Every change of one account's subscriptions in (start, end], in order of time."""
    total = mrr_at(own, start, convert) or ZERO
    ever = paid_by(own, start)
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
