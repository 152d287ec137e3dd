"""Which weeks of which accounts have to be computed, and in which ranges of accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Max, Min, Model

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.events.models import DirtyWeek
from tenure.events.store.snapshot import Snapshot
from tenure.metrics.compile.span import week_index
from tenure.metrics.definitions import Catalogue
from tenure.metrics.models import PanelFile, PanelState
from tenure.metrics.panel.files import TOP
from tenure.metrics.panel.marks import WATCHED, changed_since, marks
from tenure.metrics.panel.slices import Box

# Part of the fingerprint: raise it when the same definition is to give other numbers.
COMPILER = 1


@dataclass(frozen=True)
class Work:
    """What a refresh has to do, decided once at its start."""

    regions: tuple[Box, ...]
    began: Mapping[str, int]
    first_week: int
    definitions: str
    dirty: tuple[int, ...]
    marks: Mapping[str, Any]
    full: bool


def began(snapshot: Snapshot) -> dict[str, int]:
    """Source → week of its first fact; sources without any are left out."""
    found: dict[str, int] = {}
    if snapshot.files:
        first = min(file.occurred_min for file in snapshot.files)
        found["events"] = week_index(first.date())
    for source, (model, column) in WATCHED.items():
        rows = model._default_manager.filter(superseded_at__isnull=True)
        first_at = rows.aggregate(first=Min(column))["first"]
        if first_at is not None:
            found[source] = week_index(first_at.date())
    return found


def decide(
    catalogue: Catalogue, snapshot: Snapshot, today: date, since: date | None = None
) -> Work:
    """Compare what there is with what the panel was computed from."""
    known = began(snapshot)
    running = week_index(today)
    first_week = min([week for week in known.values() if week <= running], default=running)
    fingerprint = catalogue.fingerprint({"began": known, "compiler": COMPILER})
    now, state = marks() | {"accounts": highest_account()}, PanelState.objects.first()
    dirty = list(DirtyWeek.objects.order_by("pk"))
    full = (
        state is None
        or state.definitions != fingerprint
        or state.as_of > today
        or not PanelFile.objects.filter(retired_at__isnull=True).exists()
    )
    if full or state is None:
        regions = [Box(1, TOP, first_week, running)]
    else:
        begin = min(_begin(state, now, since), running)
        regions = _regions(
            _stale(dirty, state.marks.get("accounts", 0), running),
            max(begin, first_week),
            first_week,
            running,
        )
    return Work(
        tuple(regions), known, first_week, fingerprint, tuple(r.pk for r in dirty), now, full
    )


def _begin(state: PanelState, now: Mapping[str, Any], since: date | None) -> int:
    """The week from which on every account is computed: at least the one that ran last time."""
    days = [state.as_of, changed_since(state.marks, now), since]
    return min(week_index(day) for day in days if day is not None)


def _stale(dirty: Sequence[DirtyWeek], known: int, running: int) -> list[Box]:
    """Accounts and the first week to compute for them: changed events, and accounts never seen."""
    stale = [Box(row.account_min, row.account_max, week_index(row.week), running) for row in dirty]
    new = Account.objects.filter(pk__gt=known)
    row = new.aggregate(low=Min("pk"), high=Max("pk"), first=Min("created_at"))
    if row["low"] is not None:
        first = row["first"].date() if row["first"] else clock.today()
        stale.append(Box(row["low"], row["high"], week_index(first), running))
    return stale


def _regions(stale: Sequence[Box], begin: int, first: int, last: int) -> list[Box]:
    """Everybody from `begin` on; accounts with older stale weeks from the first of those on."""
    older = [box for box in stale if box.first < begin]
    bounds = sorted({box.account_from for box in older} | {box.account_to + 1 for box in older})
    regions = []
    edges = [1, *(bound for bound in bounds if 1 < bound <= TOP), TOP + 1]
    for low, high in pairwise(edges):
        weeks = [box.first for box in older if box.account_from < high and box.account_to >= low]
        regions.append(Box(low, high - 1, max(min([begin, *weeks]), first), last))
    return _merged(regions)


def _merged(regions: list[Box]) -> list[Box]:
    """Neighbours that start in the same week, as one."""
    merged: list[Box] = []
    for region in regions:
        if merged and merged[-1].first == region.first:
            last = merged.pop()
            merged.append(Box(last.account_from, region.account_to, last.first, last.last))
        else:
            merged.append(region)
    return merged


def account_keys(box: Box) -> set[int]:
    """The accounts there are in a box."""
    bounds = (box.account_from, box.account_to)
    return set(Account.objects.filter(pk__range=bounds).values_list("pk", flat=True))


def account_starts(box: Box, known: Collection[int] = ()) -> dict[int, date]:
    """Account → first day known of it from accounts, contracts and the timeline.

    `known`: accounts to leave out; on most days that is all of them.
    """
    missing = account_keys(box).difference(known)
    if not missing:
        return {}
    bounds = (min(missing), max(missing))
    rows = Account.objects.filter(pk__range=bounds).values_list("pk", "created_at", "recorded_at")
    created: dict[int, date | None] = {}
    recorded: dict[int, date] = {}
    for pk, created_at, recorded_at in rows.iterator():
        if pk not in missing:
            continue
        created[pk] = created_at.date() if created_at else None
        recorded[pk] = recorded_at.date()
    first: dict[int, date] = {pk: day for pk, day in created.items() if day is not None}
    for model, column in WATCHED.values():
        for pk, moment in _firsts(model, column, bounds):
            if pk in recorded and moment is not None:
                first[pk] = min(first.get(pk, moment.date()), moment.date())
    return {pk: first.get(pk, day) for pk, day in recorded.items()}


def _firsts(model: type[Model], column: str, bounds: tuple[int, int]) -> Any:
    rows = model._default_manager.filter(superseded_at__isnull=True)
    rows = rows.filter(account_id__gte=bounds[0], account_id__lte=bounds[1]).values_list(
        "account_id"
    )
    return rows.annotate(first=Min(column)).values_list("account_id", "first")


def highest_account() -> int:
    """The highest account key, 0 without accounts."""
    return Account.objects.aggregate(top=Max("pk"))["top"] or 0
