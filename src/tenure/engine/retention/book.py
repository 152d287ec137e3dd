"""A company's books at one moment: every change of MRR and every time of payment, as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from tenure.engine import money
from tenure.engine.money import Cause, ChurnRule, Conversion, Period, Spell
from tenure.engine.retention.spans import OPEN, Ints, Spans, among, distinct, spans_of, stamp

CAUSES = tuple(Cause)
MARKS = ("tier", "term", "opening")
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Steps:
    """N changes of MRR in the reporting currency, all at the rates of one day.

    Attributes:
        account: Keys, ascending. Shape (N,), as all others.
        at: Microseconds since 1970; the change holds from then on.
        cause: Index into `CAUSES`.
        units: Signed, in units of 0.0001; those of an account until t add up to its MRR at t.
    """

    account: Ints
    at: Ints
    cause: Ints
    units: Ints

    def of(self, accounts: Ints) -> "Steps":
        """Only those of some accounts (ascending keys)."""
        chosen = among(self.account, accounts)
        return Steps(self.account[chosen], self.at[chosen], self.cause[chosen], self.units[chosen])


@dataclass(frozen=True)
class Book:
    """What retention is computed from.

    Attributes:
        as_of: Nothing later is in it; spans that go on have no end.
        steps: Changes of MRR, of accounts all of whose money can be converted.
        spells: Times of payment, ending when the account counts as lost by contract. Marks:
            `tier` and `term` (months; 0 unknown) of what it paid for first, `opening` 1.
        unconverted: Accounts that `steps` leaves out for want of an exchange rate, ascending.
    """

    as_of: datetime
    steps: Steps
    spells: Spans
    unconverted: Ints

    @cached_property
    def accounts(self) -> Ints:
        """Every account with a change of MRR or a time of payment, ascending."""
        return np.union1d(distinct(self.steps.account), distinct(self.spells.account))

    def of(self, accounts: Ints) -> "Book":
        """The books of some accounts (ascending keys)."""
        missing = self.unconverted[among(self.unconverted, accounts)]
        return Book(self.as_of, self.steps.of(accounts), self.spells.of(accounts), missing)


def book_of(
    periods: Sequence[Period], as_of: datetime, convert: Conversion, rule: ChurnRule
) -> Book:
    """The books of all accounts.

    Args:
        periods: Periods with their effective ends, of all time.
        as_of: Books are closed at this moment.
        convert: Rates of one day, for all of time: rates alone then never make a movement.
        rule: When an account counts as lost by contract.

    Raises:
        OverflowError: An amount is beyond int64 in units of 0.0001.
    """
    by_account = money.by_account(periods)
    rows = [row for own in by_account.values() for row in _spells(own, as_of, rule)]
    missing = money.unconverted(periods, EARLIEST, as_of, convert)
    return Book(
        as_of=as_of,
        steps=_steps(money.changes(periods, EARLIEST, as_of, convert)),
        spells=spans_of(rows, MARKS),
        unconverted=np.array(sorted(missing), dtype=np.int64),
    )


def _steps(changes: Iterable[money.Change]) -> Steps:
    index = {cause: number for number, cause in enumerate(CAUSES)}
    rows = sorted(
        (c.account, stamp(c.at), index[c.cause], int(c.amount.scaleb(4)))
        for c in changes
        if c.amount
    )
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    return Steps(*(table[:, column].copy() for column in range(4)))


def _spells(own: Sequence[Period], as_of: datetime, rule: ChurnRule) -> list[tuple[int, ...]]:
    """Rows (account, started, lost, tier, term, opening) of one account."""
    found: list[tuple[int, ...]] = []
    for spell in joined(money.spells_of(own), rule.grace):
        if spell.started > as_of:
            continue
        lost = None if spell.ended is None else spell.ended + rule.grace
        end = OPEN if lost is None or lost > as_of else stamp(lost)
        lead = max(
            (p for p in own if p.pays and p.active_at(spell.started)), key=lambda p: (p.tier, p.mrr)
        )
        found.append((lead.account, stamp(spell.started), end, lead.tier, lead.term or 0, 1))
    return found


def joined(spells: Sequence[Spell], grace: timedelta) -> list[Spell]:
    """Spells without the gaps in which an account still counted as one."""
    whole: list[Spell] = []
    for spell in spells:
        last = whole[-1] if whole else None
        if last and last.ended is not None and spell.started <= last.ended + grace:
            whole[-1] = Spell(last.started, spell.ended)
        else:
            whole.append(spell)
    return whole


def since_reaching(spells: Spans, reached: Mapping[int, Sequence[tuple[int, int]]]) -> Spans:
    """Spans from the day a level was reached within a time of payment until its end.

    The clock starts when the level is reached, so nobody counts as kept for the time it took to
    get there (no immortal time; Suissa, American Journal of Epidemiology 167, 2008). What becomes
    of the level afterwards doesn't matter. A level held when payment starts counts from there,
    unless the span begins with a mere return (`opening` 0).

    Args:
        spells: Times of payment, with the mark `opening`.
        reached: Account → (microseconds, level) in order of time; a negative level is none.

    Returns:
        Spans with the mark `level`; at most one for each level and time of payment, so those of an
        account overlap.
    """
    rows: list[tuple[int, ...]] = []
    columns = (spells.account, spells.started, spells.lost, spells.marks["opening"])
    for account, start, lost, opening in zip(*(c.tolist() for c in columns), strict=True):
        changes = reached.get(account, ())
        held = [level for at, level in changes if at <= start][-1:] if opening else []
        first = {level: at for at, level in reversed(changes) if start < at < lost}
        first |= dict.fromkeys(held, start)
        rows += [(account, at, lost, level) for level, at in first.items() if level >= 0]
    return spans_of(rows, ("level",))
