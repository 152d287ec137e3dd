"""Which account belongs under which; never in a circle."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tenure.accounts.models import Account, AttributeChange
from tenure.core import clock, reasons
from tenure.core.facts import CHUNK
from tenure.core.insertion import insert, update_column


@dataclass(frozen=True)
class Linked:
    """Ids of accounts that got another parent (or none), and why some got none."""

    changed: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def account_link_parents(
    *, parents: Mapping[str, str], created: Collection[str] = (), at: datetime | None = None
) -> Linked:
    """Put accounts under their parents, by id ("": under none). No change is logged for those in
    `created`: they never were without.
    """
    moment = at or clock.now()
    pks = _pks({*parents, *(p for p in parents.values() if p)})
    refused = {
        c: reasons.KEPT_WITHOUT_PARENT
        for c, p in parents.items()
        if p and p not in pks and c in pks
    }
    wanted = {
        pks[child]: pks.get(parent) if parent else None
        for child, parent in parents.items()
        if child in pks
    }
    for child in _in_circles(wanted):
        wanted[child] = None
        refused.update((name, reasons.PARENT_CIRCLE) for name in parents if pks.get(name) == child)
    changed = _write(wanted, {pks[name] for name in created if name in pks}, moment)
    return Linked(frozenset(name for name in parents if pks.get(name) in changed), refused)


def _pks(names: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _chunks(sorted(names)):
        rows = Account.objects.filter(external_id__in=part).values_list("external_id", "pk")
        found.update(rows)
    return found


def _chunks(items: list[str]) -> Iterable[list[str]]:
    return (items[i : i + CHUNK] for i in range(0, len(items), CHUNK))


def _in_circles(wanted: Mapping[int, int | None]) -> set[int]:
    """Those of `wanted` that would lie on a circle, given the parents everybody else has."""
    if not any(wanted.values()):
        return set()
    above: dict[int, int | None] = dict(
        Account.objects.filter(parent__isnull=False).values_list("pk", "parent_id").iterator()
    )
    above.update(wanted)
    circles: set[int] = set()
    settled: set[int] = set()
    for start in wanted:
        path: dict[int, int] = {}
        step: int | None = start
        while step is not None and step not in path and step not in settled:
            path[step] = len(path)
            step = above.get(step)
        if step is not None and step in path:
            circles |= {node for node, place in path.items() if place >= path[step]}
        settled |= path.keys()
    return circles & wanted.keys()


def _write(wanted: Mapping[int, int | None], created: Collection[int], at: datetime) -> set[int]:
    keys = list(wanted)
    changed: dict[int, int | None] = {}
    changes = []
    for start in range(0, len(keys), CHUNK):
        rows = Account.objects.filter(pk__in=keys[start : start + CHUNK])
        for pk, old in rows.values_list("pk", "parent_id"):
            new = wanted[pk]
            if old == new:
                continue
            changed[pk] = new
            if pk not in created:
                change = {"account_id": pk, "field": "parent_id", "old": old, "new": new}
                changes.append({**change, "recorded_at": at})
    update_column(Account, "parent_id", changed)
    insert(AttributeChange, changes)
    return set(changed)
