"""Paying spells of an account, months paid, and the two meanings of churn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tenure.engine.money.periods import Period, add_months, whole_months

FULL_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken time [started, ended) in which an account paid; `ended` None: still open."""

    started: datetime
    ended: datetime | None


def spells_of(periods: Iterable[Period]) -> list[Spell]:
    """One account's paying spells in order: its paying periods, joined where they touch."""
    spells: list[Spell] = []
    for p in sorted((p for p in periods if p.pays), key=lambda p: p.started):
        last = spells[-1] if spells else None
        if last is None or (last.ended is not None and p.started > last.ended):
            spells.append(Spell(p.started, p.ended))
        elif last.ended is not None:
            ended = None if p.ended is None else max(last.ended, p.ended)
            spells[-1] = Spell(last.started, ended)
    return spells


def paid_months(spells: Sequence[Spell], moment: datetime) -> int:
    """Whole months paid until a moment, over all spells; gaps don't count.

    Each spell's whole calendar months, and one more for each 31 days of what is left over of the
    spells together.
    """
    months, left_over = 0, timedelta(0)
    for spell in spells:
        if spell.started > moment:
            continue
        ended = moment if spell.ended is None else min(spell.ended, moment)
        whole = whole_months(spell.started, ended)
        months += whole
        left_over += ended - add_months(spell.started, whole)
    return months + left_over // FULL_MONTH


@dataclass(frozen=True, slots=True)
class ChurnRule:
    """When an account counts as lost.

    Attributes:
        contractual_days: Days without a paying subscription; 0: the moment the last one ends.
        usage_days: Days without an active person.
        shown: Which of the two pages show: "contractual" or "usage".
    """

    contractual_days: int = 0
    usage_days: int = 60
    shown: str = "contractual"

    @property
    def grace(self) -> timedelta:
        """How long an account without a paying subscription still counts as one."""
        return timedelta(days=self.contractual_days)


def contractual_churns(
    spells: Sequence[Spell], rule: ChurnRule, moment: datetime
) -> list[datetime]:
    """When the account was lost, each time, until `moment`: spell end + N days, if not back."""
    lost = []
    for index, spell in enumerate(spells):
        if spell.ended is None:
            continue
        at = spell.ended + rule.grace
        back = spells[index + 1].started if index + 1 < len(spells) else None
        if at <= moment and (back is None or back > at):
            lost.append(at)
    return lost


def usage_churn(
    last_active: date | None, paying_since: date, rule: ChurnRule, day: date
) -> date | None:
    """The day the account counts as lost by usage, if that is on or before `day`.

    Without any activity the days are counted from `paying_since`.
    """
    at = max(last_active or paying_since, paying_since) + timedelta(days=rule.usage_days)
    return at if at <= day else None
