"""Contracts as they were recorded: times at risk, movements of MRR, terms and what was paid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from tenure.contracts.selectors.weekly import VersionRow, known_at, lines_of
from tenure.engine import money
from tenure.engine.money import ChurnRule, Conversion, Period, Spell
from tenure.engine.panel import CONTRACTION, EXPANSION
from tenure.engine.panel.tables import Spells
from tenure.forecast.inputs.days import Floats, end_of

_RECORDED, _SUPERSEDED, _STARTED = 17, 18, 6
Lines: TypeAlias = list[list[VersionRow]]
Step: TypeAlias = tuple[int, str, date, float]
"""Account, cause, day, and the MRR after it over that before."""


@dataclass(frozen=True)
class Books:
    """Every version of every subscription of some accounts."""

    accounts: tuple[int, ...]
    lines: Mapping[int, Lines]

    @classmethod
    def read(cls, accounts: Sequence[int]) -> "Books":
        """The accounts' rows, and those of subscriptions that moved between accounts."""
        wanted = set(accounts)
        lines, _ = lines_of(accounts)
        return cls(tuple(accounts), {a: own for a, own in lines.items() if a in wanted})

    def known(self, account: int, moment: datetime) -> list[Period]:
        """An account's periods as known at a moment."""
        lines = self.lines.get(account, [])
        return [p for line in lines for p in known_at(line, moment) if p.account == account]

    def stretches(
        self, account: int, until: datetime
    ) -> Iterator[tuple[datetime, datetime, list[Period]]]:
        """(from, to, periods) for each time in which what was known stayed the same."""
        lines = self.lines.get(account, [])
        turns = {row[_RECORDED] for line in lines for row in line}
        turns |= {r[_SUPERSEDED] for line in lines for r in line if r[_SUPERSEDED] is not None}
        ordered = [turn for turn in sorted(turns) if turn <= until]
        for begin, end in pairwise([*ordered, until + timedelta(microseconds=1)]):
            own = self.known(account, begin)
            if own:
                yield begin, end, own


def spells_as_of(books: Books, day: date, rule: ChurnRule) -> Spells:
    """Times in which accounts paid, as known at the end of a day.

    A spell ends when the account counts as lost by contract. What the churn rule forgives, a gap
    of a few days, is no end; neither is one that closes on the day it opened.
    """
    rows: list[tuple[int, date, date | None, date]] = []
    for account in books.accounts:
        own = books.known(account, end_of(day))
        recorded = _first_recorded(books.lines.get(account, []))
        for began, ended in _joined(money.spells_of(own), rule):
            first = next(p for p in own if p.pays and p.started == began)
            known = recorded[first.subscription, first.started].date()
            lost = None if ended is None else (ended + rule.grace).date()
            rows.append((account, began.date(), lost, max(known, began.date())))
    ended_on = _days([row[2] for row in rows])
    return Spells(
        account=np.array([row[0] for row in rows], dtype=np.int64),
        began=_days([row[1] for row in rows]),
        ended=ended_on,
        end_recorded=np.minimum(ended_on, np.datetime64(day, "D")),
        known_from=_days([row[3] for row in rows]),
    )


def _joined(spells: Sequence[Spell], rule: ChurnRule) -> list[tuple[datetime, datetime | None]]:
    found: list[tuple[datetime, datetime | None]] = []
    for spell in spells:
        last = found[-1] if found else None
        back = last is not None and last[1] is not None
        if (
            back
            and last is not None
            and last[1] is not None
            and (spell.started.date() <= (last[1] + rule.grace).date())
        ):
            found[-1] = (last[0], spell.ended)
        else:
            found.append((spell.started, spell.ended))
    return found


def _first_recorded(lines: Lines) -> dict[tuple[str, datetime], datetime]:
    first: dict[tuple[str, datetime], datetime] = {}
    for row in (row for line in lines for row in line):
        key = (row[0], row[_STARTED])
        first[key] = min(first.get(key, row[_RECORDED]), row[_RECORDED])
    return first


def _days(days: Sequence[date | None]) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return np.array([np.datetime64("NaT") if d is None else d for d in days], "datetime64[D]")


def movements_as_of(books: Books, day: date, conversion: Conversion) -> list[Step]:
    """Every contraction and expansion of paying accounts, as known at the end of a day."""
    found: list[Step] = []
    until = end_of(day)
    for account in books.accounts:
        steps = money.mrr_steps(books.known(account, until), conversion)
        for (_, before), (moment, after) in pairwise(steps):
            if before and after and moment <= until:
                cause = EXPANSION if after > before else CONTRACTION
                found.append((account, cause, moment.date(), float(after / before)))
    return found


def mrr_on(books: Books, days: Sequence[date], conversion: Conversion) -> Floats:
    """MRR (accounts, days) as known at the end of each; nan without a rate or a contract."""
    ends = [end_of(day) for day in days]
    table = np.full((len(books.accounts), len(days)), np.nan)
    if not ends:
        return table
    for row, account in enumerate(books.accounts):
        for begin, stop, own in books.stretches(account, ends[-1]):
            for column, end in enumerate(ends):
                if begin <= end < stop:
                    amount = money.mrr_at(own, end, conversion)
                    table[row, column] = np.nan if amount is None else float(amount)
    return table
