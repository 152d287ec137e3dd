"""Evaluations into rows: only what is new or different is appended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.engine.ladder import LEVELS
from tenure.relationship.inputs import Gathered
from tenure.relationship.models import Evaluation, LevelChange, Standing
from tenure.relationship.stage.climb import Judged
from tenure.relationship.stage.evidence import answers_of, clauses_of

BATCH = 2000
_COMPARED = (
    "qualifies_as", "level", "answers", "run", "slipping", "missing_clause", "locked_in",
    "outlook_source", "definition_version",
)  # fmt: skip
_WRITTEN = ("account", "as_of", *_COMPARED, "clauses", "computed_at")
Result: TypeAlias = tuple[Any, ...]
_Told: TypeAlias = tuple[int, date, str, str]


def write_days(gathered: Gathered, judged: list[Judged], version: int, today: date) -> int:
    """Append what differs from the newest row of each account and day; how many rows."""
    known_from = dict(Account.objects.values_list("pk", "recorded_at"))
    stored = _stored(gathered.days)
    running = _running(today) if gathered.days[-1] == today else {}
    count = 0
    for index, day in enumerate(gathered.days):
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        results = _results(judged[index], gathered.outlook.sources(index), version)
        so_far = running if day == today else {}
        fresh = [
            row
            for row, account in enumerate(gathered.accounts)
            if known_from[account] < end
            and (stored.get((account, day)) or so_far.get(account)) != results[row]
        ]
        if fresh:
            now, clauses = clock.now(), clauses_of(gathered, judged[index], index, fresh)
            rows = [
                (gathered.accounts[row], day, *results[row], told, now)
                for row, told in zip(fresh, clauses, strict=True)
            ]
            count += append_rows(Evaluation, _WRITTEN, rows)
    return count


def _results(judged: Judged, sources: list[str], version: int) -> list[Result]:
    climb = judged.climb
    names = np.array(LEVELS)
    runs = np.stack([climb.for_client, climb.for_advocate, climb.below, climb.best], axis=1)
    missing = np.where(judged.paying, judged.weighed.missing, "")
    columns = [
        names[judged.qualifies].tolist(),
        names[climb.level].tolist(),
        answers_of(judged),
        runs.tolist(),
        judged.slipping.tolist(),
        missing.tolist(),
        (judged.weighed.locked_in & judged.paying).tolist(),
        sources,
        [version] * len(names[climb.level]),
    ]
    return list(zip(*columns, strict=True))


def _stored(days: Sequence[date]) -> dict[tuple[int, date], Result]:
    rows = Evaluation.objects.filter(as_of__range=(days[0], days[-1])).order_by("pk")
    fields = rows.values_list("account_id", "as_of", *_COMPARED)
    return {(row[0], row[1]): row[2:] for row in fields.iterator()}


def _running(today: date) -> dict[int, Result]:
    """The newest row of the running week: today's is compared with it."""
    monday = clock.week_start(today)
    rows = Evaluation.objects.filter(as_of__range=(monday, today)).order_by("as_of", "pk")
    return {row[0]: row[1:] for row in rows.values_list("account_id", *_COMPARED).iterator()}


def refresh_lists(
    accounts: Sequence[int], first: date, today: date, outlook: NDArray[np.float64]
) -> None:
    """Bring level changes from `first` on and the standings up to date."""
    _level_changes(first)
    changes = LevelChange.objects.order_by("as_of", "pk").values_list("account_id", "as_of")
    since = dict(changes.iterator())
    rows = Evaluation.objects.filter(as_of__gt=today - timedelta(days=13), as_of__lte=today)
    newest = {row.account_id: row for row in rows.defer("clauses").order_by("as_of", "pk")}
    chance = dict(zip(accounts, outlook.tolist(), strict=True))
    Standing.objects.exclude(account__in=rows.values("account_id")).delete()
    Standing.objects.bulk_create(
        [
            Standing(
                account_id=account,
                evaluation=row,
                level=row.level,
                since=since.get(account, row.as_of),
                slipping=row.slipping,
                missing_clause=row.missing_clause,
                locked_in=row.locked_in,
                outlook=None if np.isnan(chance[account]) else round(chance[account], 4),
                as_of=today,
            )
            for account, row in newest.items()
            if account in chance
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=[
            "evaluation", "level", "since", "slipping", "missing_clause", "locked_in", "outlook",
            "as_of",
        ],
    )  # fmt: skip


def _level_changes(first: date) -> None:
    """Make the level changes from `first` on those that the newest evaluations tell."""
    told = _told(first)
    rows = LevelChange.objects.filter(as_of__gte=first)
    known: dict[_Told, int] = {}
    for pk, account, day, old, new in rows.values_list("pk", "account_id", "as_of", "old", "new"):
        known[account, day, old, new] = pk
    wrong = [pk for key, pk in known.items() if key not in told]
    for offset in range(0, len(wrong), BATCH):
        LevelChange.objects.filter(pk__in=wrong[offset : offset + BATCH]).delete()
    now = clock.now()
    LevelChange.objects.bulk_create(
        [
            LevelChange(account_id=account, as_of=day, old=old, new=new, recorded_at=now)
            for account, day, old, new in sorted(told - set(known))
        ],
        batch_size=BATCH,
    )


def _told(first: date) -> set[_Told]:
    """(account, day, old, new) of each change of level from `first` on; old is empty at first."""
    rows = Evaluation.objects.filter(as_of__gte=first - timedelta(days=13)).order_by("pk")
    levels: dict[int, dict[date, str]] = defaultdict(dict)
    for account, day, level in rows.values_list("account_id", "as_of", "level").iterator():
        levels[account][day] = level
    earlier = set(
        LevelChange.objects.filter(as_of__lt=first).values_list("account_id", flat=True).distinct()
    )
    changes: set[_Told] = set()
    for account, by_day in levels.items():
        days = sorted(by_day)
        if account not in earlier:
            changes.add((account, days[0], "", by_day[days[0]]))
        changes |= {
            (account, day, by_day[old], by_day[day])
            for old, day in pairwise(days)
            if by_day[old] != by_day[day] and day >= first
        }
    return changes
