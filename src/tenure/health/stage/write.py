"""Results into rows: only what is new or different is appended."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.engine.health import BANDS
from tenure.health.models import BandChange, CurrentHealth, Score
from tenure.health.stage.evaluate import Block

BATCH = 2000
MONTH = timedelta(days=30)
_RAW_DIGITS = 6
_COMPARED = ("value", "coverage", "scorecard", "scorecard_version")
_WRITTEN = ("account", "as_of", *_COMPARED, "band", "measures", "computed_at")
Result: TypeAlias = tuple[float | None, float, str, int]


def write_chunk(accounts: Sequence[int], days: Sequence[date], blocks: list[Block]) -> int:
    """Append the scores that differ from the newest of their day; bring the lists up to date."""
    stored = _stored(accounts, days)
    running = _latest(accounts, days)
    rows: list[tuple[Any, ...]] = []
    scored_today: set[int] = set()
    for block in blocks:
        rows += _new_rows(block, accounts, days, stored, running, scored_today)
    append_rows(Score, _WRITTEN, rows)
    _current(accounts, days[-1], scored_today)
    _band_changes(accounts, days[0])
    return len(rows)


def _of(accounts: Sequence[int]) -> tuple[int, int]:
    return min(accounts), max(accounts)


def _stored(accounts: Sequence[int], days: Sequence[date]) -> dict[tuple[int, date], Result]:
    """The newest result of each account and day."""
    rows = Score.objects.filter(
        account__pk__range=_of(accounts), as_of__range=(days[0], days[-1])
    ).order_by("pk")
    fields = rows.values_list("account_id", "as_of", *_COMPARED)
    return {(account, day): (v, c, k, n) for account, day, v, c, k, n in fields.iterator()}


def _latest(accounts: Sequence[int], days: Sequence[date]) -> dict[int, Result]:
    """The results of the running week so far: today's is compared with them."""
    monday = clock.week_start(days[-1])
    rows = Score.objects.filter(
        account__pk__range=_of(accounts), as_of__range=(monday, days[-1])
    ).order_by("as_of", "pk")
    return {a: (v, c, k, n) for a, v, c, k, n in rows.values_list("account_id", *_COMPARED)}


def _new_rows(
    block: Block,
    accounts: Sequence[int],
    days: Sequence[date],
    stored: dict[tuple[int, date], Result],
    running: dict[int, Result],
    scored_today: set[int],
) -> list[tuple[Any, ...]]:
    done, card = block.evaluated, block.definition.scorecard
    keys = [m.key for m in card.measures()]
    shares = [round(share, 12) for share in card.shares().tolist()]
    values, points, raw = _plain(done.value), _plain(done.points), _plain(_rounded(block.raw))
    coverage, bands = done.coverage.tolist(), done.band.tolist()
    today, now = len(days) - 1, clock.now()
    rows = []
    for i, (row, column) in enumerate(zip(block.row.tolist(), block.column.tolist(), strict=True)):
        account, day = accounts[row], days[column]
        result = (values[i], coverage[i], card.key, card.version)
        before = stored.get((account, day))
        if column == today:
            scored_today.add(account)
            before = before or running.get(account)
        if before == result:
            continue
        measures = list(zip(keys, raw[i], points[i], shares, strict=True))
        rows.append((account, day, *result, BANDS[bands[i]], measures, now))
    return rows


def _plain(values: NDArray[np.float64]) -> list:  # type: ignore[type-arg]  # nested as the array is
    """A list of the array's shape with None for nan."""
    objects = values.astype(object)
    objects[np.isnan(values)] = None
    return objects.tolist()  # type: ignore[no-any-return]


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Six significant digits: all a person reads, and half the room in the table."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    size = np.where(np.isfinite(size), size, 0.0)
    scale = np.power(10.0, _RAW_DIGITS - 1 - size)
    return np.asarray(np.round(values * scale) / scale)


def _current(accounts: Sequence[int], today: date, scored: set[int]) -> None:
    """The newest score of each account that has one today; the others leave the list."""
    newest = _by_account(accounts, today - timedelta(days=13), today)
    before = _by_account(accounts, today - MONTH - timedelta(days=13), today - MONTH)
    CurrentHealth.objects.filter(account__pk__range=_of(accounts)).exclude(
        account__in=sorted(scored)
    ).delete()
    rows = []
    for account in sorted(scored & set(newest)):
        pk, value, band, coverage = newest[account]
        then = before.get(account, (0, None, "", 0.0))[1]
        change = value - then if value is not None and then is not None else None
        rows.append(
            CurrentHealth(
                account_id=account,
                score_id=pk,
                value=value,
                band=band,
                coverage=coverage,
                change_30d=change,
                as_of=today,
            )
        )
    CurrentHealth.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["score", "value", "band", "coverage", "change_30d", "as_of"],
    )


_Newest: TypeAlias = tuple[int, float | None, str, float]


def _by_account(accounts: Sequence[int], start: date, end: date) -> dict[int, _Newest]:
    """The newest score of each account in a span of days."""
    rows = Score.objects.filter(account__pk__range=_of(accounts), as_of__range=(start, end))
    fields = rows.order_by("as_of", "pk").values_list(
        "account_id", "pk", "value", "band", "coverage"
    )
    return {account: (pk, v, b, c) for account, pk, v, b, c in fields.iterator()}


def _band_changes(accounts: Sequence[int], first: date) -> None:
    """Make the band changes from `first` on those that the newest scores tell."""
    told = _told(accounts, first)
    known: dict[tuple[int, date, str, str], int] = {}
    rows = BandChange.objects.filter(account__pk__range=_of(accounts), as_of__gte=first)
    for pk, account, day, old, new in rows.values_list("pk", "account_id", "as_of", "old", "new"):
        known[account, day, old, new] = pk
    BandChange.objects.filter(pk__in=[pk for key, pk in known.items() if key not in told]).delete()
    now = clock.now()
    BandChange.objects.bulk_create(
        [
            BandChange(account_id=account, as_of=day, old=old, new=new, recorded_at=now)
            for account, day, old, new in sorted(told - set(known))
        ],
        batch_size=BATCH,
    )


def _told(accounts: Sequence[int], first: date) -> set[tuple[int, date, str, str]]:
    """(account, day, old, new) of each change of band from `first` on."""
    rows = Score.objects.filter(
        account__pk__range=_of(accounts), as_of__gte=first - timedelta(days=13)
    ).order_by("pk")
    bands: dict[int, dict[date, str]] = defaultdict(dict)
    for account, day, band in rows.values_list("account_id", "as_of", "band").iterator():
        bands[account][day] = band
    changes = set()
    for account, by_day in bands.items():
        days = sorted(by_day)
        changes |= {
            (account, day, by_day[old], by_day[day])
            for old, day in pairwise(days)
            if by_day[old] != by_day[day] and day >= first
        }
    return changes
