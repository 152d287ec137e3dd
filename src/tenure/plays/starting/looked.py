"""How far a play has looked, between its row and what `arrivals` takes."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import astuple
from datetime import datetime
from typing import Any

from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.plays.arrivals import Looked
from tenure.plays.arrivals.looking import rule_of
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Met, Play
from tenure.segments.conditions import Condition, Group

_RULES = frozenset({"enters", "leaves"})
BATCH = 2000


def mark_of(definition: Definition) -> str:
    """Changes when what sets a play off changes, and then only: other edits go on looking."""
    trigger = definition.trigger
    told: list[Any] = [trigger.kind]
    if trigger.kind in _RULES:
        rule = rule_of(definition)
        told.append(None if rule is None else _written(rule))
    else:
        told += [one for one in astuple(trigger) if isinstance(one, str | int | float)]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:16]


def _written(item: Condition | Group) -> list[Any]:
    if isinstance(item, Group):
        return [item.mode, *(_written(inner) for inner in item.items)]
    return [item.field.key, item.operator.key, *item.given, item.weeks]


def looked_of(play: Play, definition: Definition) -> Looked:
    """How far it has looked: not at all if it was switched on, or looks for something new."""
    stored = play.looked
    if stored.get("what") != mark_of(definition):
        return Looked(began=play.switched_at or clock.now())
    by_rule = definition.trigger.kind in _RULES
    met = Met.objects.filter(play=play).values_list("account_id", flat=True) if by_rule else ()
    return Looked(
        began=datetime.fromisoformat(stored["began"]),
        until=datetime.fromisoformat(stored["until"]),
        met=frozenset(met),
        seen=frozenset(stored["seen"]),
    )


def looked_keep(play: Play, definition: Definition, looked: Looked, until: datetime) -> None:
    """Write down a look up to a moment; the play's row must be locked."""
    play.looked = play.looked | {
        "what": mark_of(definition),
        "began": looked.began.isoformat(),
        "until": until.isoformat(),
        "seen": sorted(looked.seen),
    }
    play.save(update_fields=["looked"])
    _met_keep(play, looked.met, until)


def _met_keep(play: Play, met: Collection[int], at: datetime) -> None:
    rows = Met.objects.filter(play=play)
    there = dict(rows.values_list("account_id", "pk"))
    gone = [there[account] for account in sorted(there.keys() - set(met))]
    for offset in range(0, len(gone), BATCH):
        Met.objects.filter(pk__in=gone[offset : offset + BATCH]).delete()
    came = sorted(set(met) - there.keys())
    append_rows(Met, ("play", "account", "since"), ((play.pk, one, at.date()) for one in came))


def looks_forget() -> None:
    """Of plays that are off nothing is remembered: switched on again, they begin anew."""
    off = Play.objects.filter(running__isnull=True)
    Met.objects.filter(play__in=off).delete()
    off.exclude(looked={}).update(looked={})
