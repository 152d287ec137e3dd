"""The refresh stage `plays`: every play that is on looks at its trigger, then the queue moves."""

from collections import Counter
from typing import Any

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.plays.arrivals import Facts
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Play, Run
from tenure.plays.selectors.definitions import plays_running
from tenure.plays.starting.beginning import queue_turn
from tenure.plays.starting.known import FIELDS
from tenure.plays.starting.looked import looks_forget
from tenure.plays.starting.meeting import asked_by, play_look
from tenure.plays.starting.peace import in_peace


def plays_refresh(refresh: Refresh) -> dict[str, Any]:
    """Count, refuse, queue and start; returns counts over all plays."""
    looks_forget()
    running = plays_running()
    if not running and not Run.objects.filter(state=Run.State.QUEUED).exists():
        return {"plays": 0}
    at = clock.now()
    facts, peace = facts_for([definition for _play, definition in running], at.date()), in_peace(at)
    total: Counter[str] = Counter()
    for done, (play, definition) in enumerate(running):
        refresh.report(done, len(running) + 1)
        total.update(play_look(play, definition, facts, at, peace))
    if Run.objects.filter(state=Run.State.QUEUED).exists():
        facts.read([], FIELDS.values())
    found = queue_turn(_by_row(running), facts, at, peace)
    for counts in found.values():
        total.update(counts)
    refresh.report(len(running) + 1, len(running) + 1)
    return {"plays": len(running)} | {str(what): count for what, count in sorted(total.items())}


def _by_row(running: list[tuple[Play, Definition]]) -> dict[int, tuple[Play, Definition]]:
    return {play.pk: (play, definition) for play, definition in running}


def facts_for(definitions: list[Definition], day: Any) -> Facts:
    """What is known on a day of all that some plays ask, each source read once."""
    asked = [asked_by(definition) for definition in definitions]
    rules = [rule for rules, _fields in asked for rule in rules]
    fields = {field for _rules, fields in asked for field in fields} | set(FIELDS.values())
    return Facts(day, rules, sorted(fields))
