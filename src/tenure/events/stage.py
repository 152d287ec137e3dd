"""The refresh's first stage: everything that came in is stored, attributed and tidy."""

from typing import Any

from tenure.core.pipeline import Refresh, Stage
from tenure.events import inbox
from tenure.events.services import (
    erasures_resume,
    events_reattribute,
    inbox_drain,
    store_compact,
    store_sweep,
)

ROWS_AT_ONCE = 2_000


def run(refresh: Refresh) -> dict[str, Any]:
    """Drain the inbox as it is now, re-attribute, compact, sweep."""
    total, stored = inbox.depth(), 0
    refresh.report(0, total)
    taken = 0
    while taken < total:
        drained = inbox_drain(limit=ROWS_AT_ONCE)
        # Nothing to read although events wait: another worker has them.
        if not drained.rows:
            break
        taken += max(drained.messages, 1)
        stored += drained.stored
        refresh.report(min(taken, total), total)
    erasures_resume()
    moved = events_reattribute(report=refresh.report)
    merged = store_compact(report=refresh.report)
    swept = store_sweep()
    return {
        "stored": stored,
        "moved": moved.events_moved,
        "merged": merged.merged,
        "deleted": swept.retired + swept.orphans,
    }


STAGE = Stage("events", run)
