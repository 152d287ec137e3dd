"""Which contracts come up for renewal in a quarter, and what was left of those that did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tenure.engine import money
from tenure.engine.money import Conversion, Period
from tenure.web.renewals.quarters import Quarter

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """What one account has up for renewal on a day. `after`: MRR left of it, when that is over."""

    quarter: Quarter
    day: date
    monthly: bool
    term: int | None
    auto_renew: bool | None
    notice: bool
    mrr: Decimal | None
    after: Decimal | None


def midnight(day: date) -> datetime:
    """The moment a day begins."""
    return datetime.combine(day, time(), UTC)


def due_of(
    own: Sequence[Period], quarters: Sequence[Quarter], now: datetime, convert: Conversion
) -> Iterator[Due]:
    """An account's renewals in each quarter: those of a day together, monthly terms as one."""
    lines = money.by_subscription(own)
    for quarter in quarters:
        by_day: dict[date, list[Period]] = {}
        monthly: list[Period] = []
        for line in lines:
            at = money.renewal_within(line, midnight(quarter.first), midnight(quarter.end))
            terms = None if at is None else _running(line, at)
            if at is None or terms is None:
                continue
            if terms.term == 1:
                monthly += _at_start(line, quarter, now)
            else:
                by_day.setdefault(at.date(), []).append(terms)
        for day, running in sorted(by_day.items()):
            yield _due(quarter, day, running, own, now, convert)
        if monthly:
            yield _monthly(quarter, monthly, own, now, convert)


def _running(line: Sequence[Period], at: datetime) -> Period | None:
    """The paying terms that run until the renewal."""
    return next((p for p in reversed(line) if p.pays and p.started < at), None)


def _at_start(line: Sequence[Period], quarter: Quarter, now: datetime) -> list[Period]:
    """What a monthly subscription paid when the quarter before began; of the others, pays now."""
    moment = midnight(quarter.first) if quarter.over else now
    return [p for p in line if p.pays and p.active_at(moment)]


def _due(
    quarter: Quarter,
    day: date,
    running: Sequence[Period],
    own: Sequence[Period],
    now: datetime,
    convert: Conversion,
) -> Due:
    mrr = _sum(running, convert)
    over = midnight(day) + DAY <= now
    lead = max(running, key=lambda p: (p.term or 0, p.mrr))
    return Due(
        quarter=quarter,
        day=day,
        monthly=False,
        term=lead.term,
        auto_renew=lead.auto_renew,
        notice=any(p.cancel_notified is not None and p.cancel_notified <= now for p in running),
        mrr=mrr,
        after=_left(own, midnight(day), midnight(day) + DAY, mrr, convert) if over else None,
    )


def _monthly(
    quarter: Quarter,
    running: Sequence[Period],
    own: Sequence[Period],
    now: datetime,
    convert: Conversion,
) -> Due:
    mrr = _sum(running, convert)
    start, end = midnight(quarter.first), midnight(quarter.end)
    return Due(
        quarter=quarter,
        day=quarter.last,
        monthly=True,
        term=1,
        auto_renew=running[0].auto_renew,
        notice=any(p.cancel_notified is not None and p.cancel_notified <= now for p in running),
        mrr=mrr,
        after=_left(own, start, end, mrr, convert) if end <= now else None,
    )


def _sum(running: Sequence[Period], convert: Conversion) -> Decimal | None:
    amounts = [convert(p.mrr, p.currency) for p in running]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _left(
    own: Sequence[Period],
    start: datetime,
    end: datetime,
    mrr: Decimal | None,
    convert: Conversion,
) -> Decimal | None:
    """What the account pays at the end beyond what was not up; so another subscription counts."""
    before = money.mrr_at(own, start - timedelta(microseconds=1), convert)
    after = money.mrr_at(own, end, convert)
    if mrr is None or before is None or after is None:
        return None
    return max(after - max(before - mrr, Decimal(0)), Decimal(0))
