"""Computes regions of the panel in ranges of accounts, so that memory does not grow with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tenure.events.store.snapshot import Snapshot
from tenure.metrics.compile.arrow import arrow_schema
from tenure.metrics.compile.engine import Engine
from tenure.metrics.compile.frame import values
from tenure.metrics.compile.panel import plan_of, seed_columns, seed_weeks
from tenure.metrics.compile.span import Span, week_index
from tenure.metrics.compile.tables import NUMBERS, STARTS
from tenure.metrics.definitions import Catalogue
from tenure.metrics.facts import facts_table, seats_table
from tenure.metrics.panel import files
from tenure.metrics.panel.slices import Box
from tenure.metrics.panel.work import Work, account_keys, account_starts, highest_account

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """The computed rows of one range of accounts from one week on, and their newest facts.

    `rows`: account_id, week (number), metrics, system columns; ordered by account and week.
    `newest`: account → source → day of its newest fact (events are in the system columns).
    """

    box: Box
    rows: pa.Table
    newest: Mapping[int, Mapping[str, int]]


class Computation:
    """Runs the plan of a catalogue over the regions of some work, block by block."""

    def __init__(
        self, engine: Engine, catalogue: Catalogue, work: Work, snapshot: Snapshot, today: date
    ) -> None:
        self.engine = engine
        self.catalogue = catalogue
        self.plan = plan_of(catalogue)
        self.work = work
        self.snapshot = snapshot
        self.today = today

    def blocks(self) -> Iterator[Block]:
        """The blocks of all regions, computed one after the other."""
        for region in self.work.regions:
            span = Span.until(region.first, self.today)
            for low, high, firsts in self._ranges(region, span):
                yield self._block(Box(low, high, region.first, region.last), span, firsts)

    def _put_events(self, box: Box, span: Span) -> None:
        first_day = span.first_day(self.plan.lookback)
        paths = self.snapshot.narrowed(
            account_from=box.account_from,
            account_to=box.account_to,
            since=_midnight(first_day),
            until=_midnight(span.end_day + 1),
        ).paths()
        accounts = (box.account_from, box.account_to)
        self.engine.events(paths, accounts, (first_day, span.end_day))

    def _ranges(self, region: Box, span: Span) -> Iterator[tuple[int, int, dict[int, int]]]:
        """Ranges of accounts with few enough events, each with the first days of their events."""
        self._put_events(region, span)
        counts = self.engine.event_counts()
        keys, events, firsts = (np.asarray(counts[name]) for name in ("account_id", "n", "day"))
        last = min(region.account_to, max(highest_account(), int(keys[-1]) if len(keys) else 0))
        low, at_once = region.account_from, self._accounts_at_once(span)
        while low <= last:
            high = self._range_end(low + at_once - 1, low, keys, events)
            inside = slice(np.searchsorted(keys, low), np.searchsorted(keys, high, side="right"))
            first_days = dict(zip(keys[inside].tolist(), firsts[inside].tolist(), strict=True))
            yield low, (region.account_to if high >= last else high), first_days
            low = high + 1

    def _block(self, box: Box, span: Span, first_days: Mapping[int, int]) -> Block:
        engine, seeded = self.engine, span.first > self.work.first_week
        self._put_events(box, span)
        facts = facts_table(box.account_from, box.account_to)
        engine.put("tenure_facts", facts)
        engine.put("tenure_seats", seats_table(box.account_from, box.account_to))
        engine.put("tenure_starts", self._starts(box, first_days))
        engine.put("tenure_numbers", numbers(span.last - span.first + self.plan.lookback + 2))
        if seeded:
            engine.put("tenure_seeds", self._seeds(box))
        rows = engine.run(self.plan, values(span, self.work.began), seeded=seeded)
        return Block(box, rows, newest_days(facts, span.end_day))

    def _starts(self, box: Box, first_days: Mapping[int, int]) -> pa.Table:
        floor = self.work.first_week
        # With a row before this box an account started before it; when does not matter here.
        starts = dict.fromkeys(self._stored(box), floor) if box.first > floor else {}
        for pk, day in account_starts(box, known=starts).items():
            starts[pk] = week_index(day)
            if pk in first_days:
                starts[pk] = min(starts[pk], (first_days[pk] + 3) // 7)
        values = [list(starts), [max(week, floor) for week in starts.values()]]
        return pa.Table.from_arrays(
            [pa.array(column, pa.int64()) for column in values], schema=arrow_schema(STARTS)
        )

    def _stored(self, box: Box) -> set[int]:
        """The accounts with a row just before a box, but those deleted since."""
        before = Box(box.account_from, box.account_to, box.first - 1, box.first - 1)
        stored = set(files.read([], before)["account_id"].to_pylist())
        return stored & account_keys(box)

    def _seeds(self, box: Box) -> pa.Table:
        columns = seed_columns(self.catalogue)
        back = seed_weeks(self.catalogue)
        before = Box(box.account_from, box.account_to, box.first - back, box.first - 1)
        stored = files.read(columns, before)
        end_day = pa.array(np.asarray(stored["week"]) * 7 + 3, pa.int64())
        return stored.append_column("end_day", end_day)

    def _accounts_at_once(self, span: Span) -> int:
        """How many accounts have few enough rows, those looked back on included."""
        weeks = span.last - span.first + 1
        if span.first > self.work.first_week:
            weeks += seed_weeks(self.catalogue)
        return max(self.engine.rows_at_once // weeks, 1)

    def _range_end(self, high: int, low: int, keys: Ints, events: Ints) -> int:
        """The last account of a range from `low` to at most `high` with few enough events."""
        begin, end = np.searchsorted(keys, low), np.searchsorted(keys, high, side="right")
        total = np.cumsum(events[begin:end])
        if not len(total) or total[-1] <= self.engine.events_at_once:
            return high
        over = int(np.searchsorted(total, self.engine.events_at_once, side="right"))
        return max(low, int(keys[begin + over]) - 1)


def numbers(count: int) -> pa.Table:
    """0 … count−1, at least as many as the longest window has weeks."""
    return pa.table({"n": np.arange(max(count, 110), dtype=np.int64)}, arrow_schema(NUMBERS))


def newest_days(facts: pa.Table, end_day: int) -> dict[int, dict[str, int]]:
    """Account → source → the newest day of its facts up to `end_day`."""
    found: dict[int, dict[str, int]] = {}
    known = facts.filter(pa.compute.less_equal(facts["day"], end_day))
    grouped = known.group_by(["account_id", "source"]).aggregate([("day", "max")])
    for row in grouped.to_pylist():
        found.setdefault(row["account_id"], {})[row["source"]] = row["day_max"]
    return found


def _midnight(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
