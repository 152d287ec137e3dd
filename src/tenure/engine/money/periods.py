"""Subscription periods: who pays what, on which terms, from when until when."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Period:
    """A subscription's unchanged terms over the half-open time [started, ended).

    Attributes:
        subscription: The subscription's own id; its periods follow one another.
        account: Key of the account that pays.
        plan: Key of the plan; `tier` is its rank.
        mrr: Monthly amount in `currency` (not the reporting currency).
        started: First moment of the period.
        ended: First moment after it (see `effective_end`); None while open.
        seats: Seats bought; None when the product isn't sold by seat or it isn't known.
        interval: Billing interval, "month", "year" or "" when unknown.
        term_months: Length of the committed term in months; None when unknown.
        renews: End of the running term, when the source states it.
        cancel_notified: When notice to leave was given.
    """

    subscription: str
    account: int
    plan: int
    tier: int
    mrr: Decimal
    currency: str
    started: datetime
    ended: datetime | None = None
    seats: int | None = None
    interval: str = ""
    term_months: int | None = None
    renews: datetime | None = None
    auto_renew: bool | None = None
    is_trial: bool = False
    cancel_notified: datetime | None = None
    end_reason: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the period covers no moment at all."""
        return self.ended is not None and self.ended <= self.started

    @property
    def pays(self) -> bool:
        """Whether it is a paying period: no trial, an amount above zero, some moment covered."""
        return not self.is_trial and self.mrr > 0 and not self.is_empty

    @property
    def term(self) -> int | None:
        """Months between renewals: the stated term, else the billing interval; None: unknown."""
        return self.term_months or {"month": 1, "year": 12}.get(self.interval)

    def active_at(self, moment: datetime) -> bool:
        """Whether started <= moment < ended."""
        return self.started <= moment and (self.ended is None or moment < self.ended)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the period covers any moment of the closed window [start, end]."""
        return (
            not self.is_empty and self.started <= end and (self.ended is None or self.ended > start)
        )


def effective_end(ended: datetime | None, next_started: datetime | None) -> datetime | None:
    """When a period really ends: at its own end or its successor's start, whichever is first."""
    if ended is None or next_started is None:
        return ended or next_started
    return min(ended, next_started)


def by_account(periods: Iterable[Period]) -> dict[int, list[Period]]:
    """Periods grouped by account, each group in order of start."""
    groups: dict[int, list[Period]] = {}
    for period in periods:
        groups.setdefault(period.account, []).append(period)
    for group in groups.values():
        group.sort(key=lambda p: (p.started, p.subscription))
    return groups


def by_subscription(periods: Iterable[Period]) -> list[list[Period]]:
    """One account's non-empty periods grouped by subscription, each group in order of start."""
    filled = sorted(
        (p for p in periods if not p.is_empty), key=lambda p: (p.subscription, p.started)
    )
    return [list(group) for _, group in groupby(filled, key=lambda p: p.subscription)]


def regroup(periods: Iterable[Period], group: Mapping[int, int]) -> list[Period]:
    """The periods as if each account's were those of the account it is counted under."""
    return [
        replace(p, account=group[p.account]) if group.get(p.account, p.account) != p.account else p
        for p in periods
    ]


def add_months(moment: datetime, months: int) -> datetime:
    """The same day and time `months` later; a day the month lacks becomes its last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    month += 1
    if moment.day <= 28:
        return moment.replace(year=year, month=month)
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def whole_months(start: datetime, end: datetime) -> int:
    """The largest n >= 0 with add_months(start, n) <= end."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and add_months(start, months) > end:
        months -= 1
    return max(months, 0)
