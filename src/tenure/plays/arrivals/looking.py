"""One look of a play at its trigger: who arrived since the last one, and what to remember of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tenure.plays.arrivals.facts import Facts
from tenure.plays.arrivals.rows import KINDS, Rows, rows_between
from tenure.plays.arrivals.shape import LATE, OVERLAP, Arrival, end_of
from tenure.plays.definition.shape import Definition, Trigger
from tenure.segments.conditions import Group

_KEPT = LATE + 2 * OVERLAP


@dataclass(frozen=True)
class Looked:
    """How far a play has looked.

    Attributes:
        began: When it was switched on: nothing before sets it off.
        until: When it looked last; None: never.
        met: Accounts that met its rule then (of enters and leaves).
        seen: Keys of arrivals of the last days, so that none is told twice.
    """

    began: datetime
    until: datetime | None = None
    met: frozenset[int] = frozenset()
    seen: frozenset[str] = frozenset()


def rule_of(definition: Definition) -> Group | None:
    """The rule whose beginning or end is the trigger: its own, else the audience."""
    return definition.trigger.rule or definition.audience


def since_of(looked: Looked, until: datetime) -> datetime:
    """From when on the next look tells of what happened."""
    since = looked.began if looked.until is None else max(looked.began, looked.until - OVERLAP)
    return max(since, until - LATE)


class RowsRead:
    """Arrivals that rows tell, read at once for a time that later looks take parts of."""

    def __init__(self, trigger: Trigger, since: datetime, until: datetime) -> None:
        told = trigger.kind in KINDS and since < until
        self._all = rows_between(trigger, since, until) if told else []

    def between(self, _trigger: Trigger, since: datetime, until: datetime) -> list[Arrival]:
        """Those with since < at <= until."""
        return [arrival for arrival in self._all if since < arrival.at <= until]


def arrivals(
    definition: Definition, looked: Looked, facts: Facts, until: datetime,
    rows: Rows = rows_between,
) -> tuple[list[Arrival], Looked]:  # fmt: skip
    """Who arrived after the last look and until a moment, and how far it has looked now.

    The first look at a rule tells nobody: accounts that meet it already have not come to meet it.
    A standstill is caught up for seven days at most. `facts`: as known at `until`.
    """
    kind = definition.trigger.kind
    if kind in {"enters", "leaves"}:
        return _by_rule(definition, looked, facts, until)
    since = since_of(looked, until)
    found: list[Arrival] = []
    if kind == "date":
        found = list(_by_date(definition, facts, since, until))
    elif kind in KINDS:
        found = rows(definition.trigger, since, until)
    fresh = [arrival for arrival in found if arrival.key not in looked.seen]
    oldest = (until - _KEPT).date().isoformat()
    seen = {key for key in looked.seen if key.partition(":")[2] >= oldest}
    seen |= {arrival.key for arrival in fresh}
    return fresh, replace(looked, until=until, seen=frozenset(seen))


def _by_rule(
    definition: Definition, looked: Looked, facts: Facts, until: datetime
) -> tuple[list[Arrival], Looked]:
    """Whoever is not decided stays where it was: not being known is no change."""
    kind, rule = definition.trigger.kind, rule_of(definition)
    members, undecided = facts.members(rule), facts.undecided(rule)
    after = replace(looked, until=until, met=members | (looked.met & undecided))
    if looked.until is None:
        return [], after
    if kind == "enters":
        moved = members - looked.met
    else:
        moved = (looked.met - members - undecided) & frozenset(facts.accounts)
    found = [
        Arrival(account, until, until.date(), {"kind": kind, "facts": facts.told(rule, account)})
        for account in sorted(moved)
    ]
    return found, after


def _by_date(
    definition: Definition, facts: Facts, since: datetime, until: datetime
) -> Iterator[Arrival]:
    """Accounts whose date comes due in these days, the first and the last included."""
    trigger = definition.trigger
    shift, days = timedelta(days=trigger.days), (since.date(), until.date())
    for account, value in sorted(facts.column(trigger.field).items()):
        day = _day(value)
        if day is not None and days[0] <= day + shift <= days[1]:
            due = day + shift
            because = {"kind": "date", "field": trigger.field, "date": day.isoformat()}
            yield Arrival(account, min(until, end_of(due)), due, because)


def _day(value: object) -> date | None:
    """A date as it is, or as an own field holds it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
