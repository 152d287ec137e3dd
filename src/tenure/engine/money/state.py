"""One account's contract at a moment, read off its periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tenure.engine.money.currency import Conversion
from tenure.engine.money.mrr import mrr_at
from tenure.engine.money.periods import Period, by_subscription
from tenure.engine.money.renewals import completed_renewals, next_renewal
from tenure.engine.money.spells import Spell, paid_months, spells_of


@dataclass(frozen=True, slots=True)
class AccountState:
    """The contract of one account at `moment`.

    Attributes:
        mrr: None when part of it has no exchange rate; `unconverted` names the currencies.
        plan, tier, interval, term_months, auto_renew: Of the leading subscription: paying before
            not paying, then the highest tier, then the highest amount. None without any.
        seats: Sum over the running subscriptions that state seats.
        is_trial: Something is on trial and nothing is paid for.
        paying_since: Start of the unbroken time of payment that holds `moment`.
        paid_months: Whole months paid so far, gaps left out.
        renews_at: The nearest date on which a running term ends.
        ended_at: When payment ended, or will end if every running subscription has an end.
    """

    moment: datetime
    mrr: Decimal | None = Decimal(0)
    unconverted: tuple[str, ...] = ()
    plan: int | None = None
    tier: int | None = None
    seats: int | None = None
    interval: str = ""
    term_months: int | None = None
    is_trial: bool = False
    paying_since: datetime | None = None
    first_paid_at: datetime | None = None
    paid_months: int = 0
    renewals_completed: int = 0
    renews_at: datetime | None = None
    auto_renew: bool | None = None
    cancel_notified_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What an account pays, for which tier, and when the nearest running term ends."""

    mrr: Decimal | None
    tier: int | None
    renews_at: datetime | None


def brief_at(periods: Sequence[Period], moment: datetime, convert: Conversion) -> Brief:
    """Those three of `state_at` without its history, which takes most of the time."""
    running = [p for p in periods if p.active_at(moment)]
    lead = _lead(running)
    tier, mrr = lead.tier if lead else None, mrr_at(running, moment, convert)
    return Brief(mrr, tier, _nearest_renewal(periods, moment))


def state_at(
    periods: Sequence[Period], moment: datetime, convert: Conversion, *, counted: bool = True
) -> AccountState:
    """The state of the account whose (effective) periods are given.

    `counted`: else the months paid and the renewals completed stay 0; to count them takes longer
    than all the rest.
    """
    running = [p for p in periods if p.active_at(moment)]
    paying = [p for p in running if p.pays]
    spells = [s for s in spells_of(periods) if s.started <= moment]
    lead = _lead(running)
    seats = [p.seats for p in running if p.seats is not None]
    notices = [p.cancel_notified for p in paying if p.cancel_notified is not None]
    current = _open_at(spells, moment)
    return AccountState(
        moment=moment,
        mrr=mrr_at(running, moment, convert),
        unconverted=tuple(sorted({p.currency for p in paying if not convert.known(p.currency)})),
        plan=lead.plan if lead else None,
        tier=lead.tier if lead else None,
        seats=sum(seats) if seats else None,
        interval=lead.interval if lead else "",
        term_months=lead.term_months if lead else None,
        is_trial=bool(running) and not paying and any(p.is_trial for p in running),
        paying_since=current.started if current else None,
        first_paid_at=spells[0].started if spells else None,
        paid_months=paid_months(spells, moment) if counted else 0,
        renewals_completed=len(completed_renewals(periods, moment)) if counted else 0,
        renews_at=_nearest_renewal(periods, moment),
        auto_renew=lead.auto_renew if lead else None,
        cancel_notified_at=min((n for n in notices if n <= moment), default=None),
        ended_at=spells[-1].ended if spells else None,
    )


def _lead(running: Sequence[Period]) -> Period | None:
    return max(running, key=lambda p: (p.pays, p.tier, p.mrr, p.subscription), default=None)


def _open_at(spells: Sequence[Spell], moment: datetime) -> Spell | None:
    last = spells[-1] if spells else None
    return last if last and (last.ended is None or moment < last.ended) else None


def _nearest_renewal(periods: Sequence[Period], moment: datetime) -> datetime | None:
    dates = (next_renewal(line, moment) for line in by_subscription(periods))
    return min((date for date in dates if date is not None), default=None)
