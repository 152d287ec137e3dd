"""Which plays a week can be planned with, and for which accounts each of them could be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from tenure.advice.definitions import AdviceDefinition
from tenure.advice.models import State, Suggestion
from tenure.core import clock
from tenure.plays.arrivals import Facts
from tenure.plays.arrivals.rows import KINDS, rows_between
from tenure.plays.definition.shape import Definition, Trigger
from tenure.plays.models import Run
from tenure.plays.selectors import plays_known, plays_running
from tenure.segments.conditions import Group, parse_rule

LATELY = timedelta(days=14)
"""What happened within it (an answer, an event, a new level) still calls for its play."""
SOON = timedelta(days=7)
MEASURED = 180
"""Days that a held-out account is left without the play: so long is its outcome read."""
HORIZONS = (1, 3, 6, 12, 24)
_STATES = ("risk", "health")


@dataclass(frozen=True)
class Playable:
    """A play of the week. `accounts`: it fits; `barred`: of those, they may not have it now."""

    definition: Definition
    version: int
    running: bool
    accounts: frozenset[int]
    barred: frozenset[int]

    @property
    def key(self) -> str:
        return self.definition.key

    @property
    def open_to(self) -> frozenset[int]:
        """Accounts it may be suggested for."""
        return self.accounts - self.barred


def playables(definition: AdviceDefinition, today: date) -> list[Playable]:
    """Plays that take hours and are on, or that leaders let be suggested, in order of their keys.

    A play whose moment cannot be told from how things stand (one that answers leaving a rule)
    starts by itself only.
    """
    chosen = [one for one in _chosen(definition) if one[0].hours > 0 and _plannable(one[0])]
    rules = {one.key: _state_rule(one, today) for one, _version, _on in chosen}
    audiences = [one.audience for one, _version, _on in chosen]
    facts = Facts(today, [*audiences, *rules.values()])
    found = []
    for one, version, running in chosen:
        fits = facts.members(one.audience) & facts.members(rules[one.key])
        queued = _queued(one)
        fits = (fits & _arrived(one.trigger, facts)) | (queued & facts.members(one.audience))
        barred = _barred(one, definition) - queued
        found.append(Playable(one, version, running, fits, frozenset(barred)))
    return found


def _chosen(definition: AdviceDefinition) -> list[tuple[Definition, int, bool]]:
    found = {play.key: (one, play.running or 0, True) for play, one in plays_running()}
    for known in plays_known() if definition.suggest else ():
        if known.key in definition.suggest and known.definition is not None:
            found.setdefault(known.key, (known.definition, known.newest, False))
    return [found[key] for key in sorted(found)]


def _plannable(one: Definition) -> bool:
    return one.trigger.kind != "leaves"


def _state_rule(one: Definition, today: date) -> Group | None:
    """The trigger as it stands on a day: what holds of an account for which its time has come."""
    trigger = one.trigger
    if trigger.kind == "enters":
        return trigger.rule
    if trigger.kind == "health":
        return _rule({"field": "health.band", "op": "one_of", "value": [trigger.to]})
    if trigger.kind == "risk":
        months = next(m for m in HORIZONS if m >= trigger.months)
        field = f"forecast.churn_{months}"
        return _rule({"field": field, "op": "above", "value": trigger.above * 100})
    if trigger.kind == "date":
        due = timedelta(days=trigger.days)
        first, last = today - due - LATELY, today - due + SOON
        return _rule(
            {"field": trigger.field, "op": "from", "value": first.isoformat()},
            {"field": trigger.field, "op": "before", "value": last.isoformat()},
        )
    return None


def _rule(*conditions: Mapping[str, object]) -> Group:
    return parse_rule({"all": list(conditions)})


def _arrived(trigger: Trigger, facts: Facts) -> frozenset[int]:
    """Accounts to which the moment came lately; all, where it is no moment."""
    if trigger.kind not in KINDS or trigger.kind in _STATES:
        return frozenset(facts.accounts)
    now = clock.now()
    return frozenset(one.account for one in rows_between(trigger, now - LATELY, now))


def _queued(one: Definition) -> frozenset[int]:
    """Accounts that met the trigger of a play that starts by hand, and wait for somebody."""
    if one.automatic:
        return frozenset()
    rows = Run.objects.filter(play__key=one.key, state=Run.State.QUEUED)
    return frozenset(rows.values_list("account_id", flat=True))


def _barred(one: Definition, definition: AdviceDefinition) -> set[int]:
    """Accounts that have it, had it too recently, are held out of it, or dismissed it."""
    now = clock.now()
    again, measured = now - timedelta(days=one.limits.again), now - timedelta(days=MEASURED)
    runs = Run.objects.filter(play__key=one.key).filter(
        Q(state__in=[Run.State.QUEUED, Run.State.ACTIVE])
        | ~Q(state=Run.State.EXPIRED) & Q(met_at__gt=again)
        | Q(held_out=True, met_at__gt=measured)
    )
    return set(runs.values_list("account_id", flat=True)) | _dismissed(one.key, definition)


def _dismissed(play: str, definition: AdviceDefinition) -> set[int]:
    """Accounts for which the play was dismissed, as long as the reason says."""
    by_days: dict[int, list[str]] = defaultdict(list)
    for reason, days in definition.dismissed.items():
        by_days[days].append(reason)
    found: set[int] = set()
    for days, reasons in by_days.items():
        since = clock.now() - timedelta(days=days)
        rows = Suggestion.objects.filter(
            play=play, state=State.DISMISSED, reason__in=reasons, decided_at__gt=since
        )
        found |= set(rows.values_list("account_id", flat=True))
    return found


def accounts_of(plays: Iterable[Playable]) -> frozenset[int]:
    """Accounts that could have one of the plays at least."""
    return frozenset[int]().union(*(play.open_to for play in plays))
