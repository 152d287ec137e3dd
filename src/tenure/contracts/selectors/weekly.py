"""Every account's contract at the end of each of many days, as it was known then.

One pass over the periods: an account's contract is worked out once for each stretch of time in
which what was known of it stayed the same, then read off week by week.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
from django.db.models import Min
from numpy.typing import NDArray

from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.contracts.selectors.periods import moment_of
from tenure.core import clock
from tenure.engine import money
from tenure.engine.money import Period, Spell, effective_end
from tenure.engine.money.periods import whole_months

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
_FIELDS = (
    "external_id", "account_id", "plan_id", "plan__tier", "mrr", "currency", "started_at",
    "ended_at", "seats", "interval", "term_months", "renews_at", "auto_renew", "is_trial",
    "cancel_notified_at", "end_reason", "plan__interval", "recorded_at", "superseded_at",
)  # fmt: skip
_NUMBERS = (
    "paid_months", "since_first_paid", "spell_months", "renewals", "tier", "seats", "term",
    "renews_in_days",
)  # fmt: skip
_FLAGS = ("paying", "trial", "ever_paid", "top_tier", "notice")


@dataclass(frozen=True, slots=True)
class ClosedSpell:
    """A paying spell that had ended: `row`'s account paid `months` on terms of `term` months.

    Known to have ended on the days with index `first` to `last`.
    """

    row: int
    first: int
    last: int
    months: int
    term: float


@dataclass(frozen=True)
class ContractDays:
    """Contracts of `accounts` (n) at the ends of `days` (t); arrays are (n, t), nan = unknown.

    Months are whole. `spell_months`: of the unbroken payment that runs; `since_first_paid`: since
    payment first began; `term`: between renewals of the leading subscription; `renews_in_days`: to
    the nearest renewal. `notice`: notice to leave had been given. `known` (t): any contract was.
    """

    accounts: NDArray[np.int64]
    days: tuple[date, ...]
    known: Flags
    paying: Flags
    trial: Flags
    ever_paid: Flags
    top_tier: Flags
    notice: Flags
    paid_months: Floats
    since_first_paid: Floats
    spell_months: Floats
    renewals: Floats
    tier: Floats
    seats: Floats
    term: Floats
    renews_in_days: Floats
    closed: tuple[ClosedSpell, ...] = field(default=())


def contracts_on(days: Sequence[date], accounts: Sequence[int]) -> ContractDays:
    """The contracts of some accounts at the end of each day (today: as of now), in order."""
    now = clock.now()
    ends = [
        min(moment_of(day + timedelta(days=1)) - timedelta(microseconds=1), now) for day in days
    ]
    table = _Table.empty(accounts, ends)
    lines, first_known = lines_of(accounts)
    for account, own in lines.items():
        row = table.row_of.get(account)
        if row is not None:
            _fill(table, row, account, own)
    known = np.array([first_known is not None and first_known <= end for end in ends], dtype=bool)
    return ContractDays(
        accounts=np.asarray(accounts, dtype=np.int64),
        days=tuple(days),
        known=known,
        closed=tuple(table.closed),
        **table.arrays,
    )


@dataclass
class _Table:
    """The arrays as they are filled. `top`: keys of top-tier plans."""

    row_of: dict[int, int]
    ends: list[datetime]
    arrays: dict[str, NDArray[Any]]
    top: frozenset[int]
    closed: list[ClosedSpell] = field(default_factory=list)

    @classmethod
    def empty(cls, accounts: Sequence[int], ends: list[datetime]) -> "_Table":
        shape = (len(accounts), len(ends))
        arrays: dict[str, NDArray[Any]] = {n: np.full(shape, np.nan) for n in _NUMBERS}
        arrays |= {name: np.zeros(shape, dtype=bool) for name in _FLAGS}
        top = frozenset(Plan.objects.filter(is_top_tier=True).values_list("pk", flat=True))
        return cls({a: i for i, a in enumerate(accounts)}, ends, arrays, top)


VersionRow: TypeAlias = tuple[Any, ...]


def lines_of(accounts: Sequence[int]) -> tuple[dict[int, list[list[VersionRow]]], datetime | None]:
    """Account → its subscriptions' rows in order of start; and when the company's first was known.

    Reads the whole of every subscription that touches the accounts' range of keys.
    """
    if not accounts:
        return {}, None
    near = SubscriptionPeriod.objects.filter(account__pk__range=(min(accounts), max(accounts)))
    rows = SubscriptionPeriod.objects.filter(external_id__in=near.values("external_id"))
    ordered = rows.order_by("external_id", "started_at", "recorded_at", "id")
    by_id: dict[str, list[VersionRow]] = defaultdict(list)
    for row in ordered.values_list(*_FIELDS).iterator(chunk_size=5000):
        by_id[row[0]].append(row)
    found: dict[int, list[list[VersionRow]]] = defaultdict(list)
    for line in by_id.values():
        for account in {row[1] for row in line}:
            found[account].append(line)
    first: datetime | None = SubscriptionPeriod.objects.aggregate(x=Min("recorded_at"))["x"]
    return found, first


def _fill(table: _Table, row: int, account: int, lines: list[list[VersionRow]]) -> None:
    turns = {r[17] for line in lines for r in line}
    turns |= {r[18] for line in lines for r in line if r[18] is not None}
    ordered = sorted(turns)
    for index, turn in enumerate(ordered):
        first = bisect_left(table.ends, turn)
        until = ordered[index + 1] if index + 1 < len(ordered) else None
        last = len(table.ends) if until is None else bisect_left(table.ends, until)
        if first < last:
            own = [p for line in lines for p in known_at(line, turn) if p.account == account]
            if own:
                _stretch(table, row, _Contract.of(own), range(first, last))


def known_at(line: Iterable[VersionRow], moment: datetime) -> Iterator[Period]:
    """The periods of one subscription as known at a moment, with their effective ends."""
    rows = [r for r in line if r[17] <= moment and (r[18] is None or r[18] > moment)]
    for index, r in enumerate(rows, start=1):
        end = effective_end(r[7], rows[index][6] if index < len(rows) else None)
        yield Period(*r[:7], end, r[8], r[9] or r[16], *r[10:16])  # type: ignore[call-arg]


@dataclass(frozen=True)
class _Contract:
    """What follows from one account's periods, whatever the day."""

    periods: tuple[Period, ...]
    lines: list[list[Period]]
    spells: list[Spell]
    renewals: list[datetime]

    @classmethod
    def of(cls, own: list[Period]) -> "_Contract":
        horizon = clock.now() + timedelta(days=1)
        renewed = money.completed_renewals(own, horizon)
        return cls(tuple(own), money.by_subscription(own), money.spells_of(own), renewed)


def _stretch(table: _Table, row: int, contract: _Contract, days: range) -> None:
    """Fill the days of one stretch in which what was known stayed the same."""
    starts = [spell.started for spell in contract.spells]
    terms: _Terms | None = None
    for day in days:
        end = table.ends[day]
        begun = contract.spells[: bisect_right(starts, end)]
        if begun:
            _paid(table.arrays, row, day, begun, end)
            table.arrays["renewals"][row, day] = bisect_right(contract.renewals, end)
        running = [p for p in contract.periods if p.active_at(end)]
        if running:
            if terms is None or terms.stale(running, end):
                terms = _Terms.of(running, contract, end, table.top)
            terms.fill(table.arrays, row, day, end)
    _close(table, row, contract, days)


def _paid(
    arrays: dict[str, NDArray[Any]], row: int, day: int, begun: list[Spell], end: datetime
) -> None:
    last = begun[-1]
    runs = last.ended is None or last.ended > end
    since = whole_months(begun[0].started, end)
    one = runs and len(begun) == 1
    arrays["ever_paid"][row, day] = True
    arrays["since_first_paid"][row, day] = since
    arrays["paid_months"][row, day] = since if one else money.paid_months(begun, end)
    if runs:
        arrays["paying"][row, day] = True
        arrays["spell_months"][row, day] = since if one else whole_months(last.started, end)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of the running periods, good until one of them changes or a renewal passes."""

    running: list[Period]
    lead: Period
    trial: bool
    top: bool
    seats: float
    notice: datetime | None
    renews: datetime | None

    @classmethod
    def of(
        cls, running: list[Period], contract: _Contract, end: datetime, top: frozenset[int]
    ) -> "_Terms":
        lead = max(running, key=lambda p: (p.pays, p.tier, p.mrr, p.subscription))
        seats = [p.seats for p in running if p.seats is not None]
        notices = [p.cancel_notified for p in running if p.pays and p.cancel_notified is not None]
        due = (money.next_renewal(line, end) for line in contract.lines)
        return cls(
            running=running,
            lead=lead,
            trial=not lead.pays and any(p.is_trial for p in running),
            top=lead.plan in top,
            seats=float(sum(seats)) if seats else np.nan,
            notice=min(notices, default=None),
            renews=min((d for d in due if d is not None), default=None),
        )

    def stale(self, running: list[Period], end: datetime) -> bool:
        """Whether other periods run by now, or the renewal that was next has passed."""
        passed = self.renews is not None and self.renews <= end
        return passed or running != self.running

    def fill(self, arrays: dict[str, NDArray[Any]], row: int, day: int, end: datetime) -> None:
        arrays["trial"][row, day] = self.trial
        arrays["tier"][row, day] = self.lead.tier
        arrays["top_tier"][row, day] = self.top
        arrays["seats"][row, day] = self.seats
        arrays["term"][row, day] = self.lead.term or np.nan
        arrays["notice"][row, day] = self.notice is not None and self.notice <= end
        if self.renews is not None:
            arrays["renews_in_days"][row, day] = (self.renews - end) / timedelta(days=1)


def _close(table: _Table, row: int, contract: _Contract, days: range) -> None:
    """Note the spells that were over on some of the days."""
    for spell in contract.spells:
        if spell.ended is None:
            continue
        first = max(bisect_left(table.ends, spell.ended), days.start)
        if first < days.stop:
            terms = [
                p.term for p in contract.periods
                if p.pays and p.term and spell.started <= p.started < spell.ended
            ]  # fmt: skip
            table.closed.append(
                ClosedSpell(
                    row, first, days.stop - 1, whole_months(spell.started, spell.ended),
                    float(terms[-1]) if terms else np.nan,
                )
            )  # fmt: skip
