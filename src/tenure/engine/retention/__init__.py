"""Retention of a company: its books, cohorts, curves of survival, and the bridge of its MRR."""

from tenure.engine.retention.book import CAUSES, Book, Steps, book_of, since_reaching
from tenure.engine.retention.bridge import Bridge, Movement, bridge
from tenure.engine.retention.cohorts import Cohorts, cohorts
from tenure.engine.retention.grid import matrix, part, running
from tenure.engine.retention.intervals import (
    Interval,
    Trend,
    ratio_interval,
    share_interval,
    trend,
)
from tenure.engine.retention.spans import (
    OPEN,
    Spans,
    close_of,
    moment_at,
    month_begin,
    month_number,
    spans_of,
    stamp,
)
from tenure.engine.retention.survival import Durations, Kept, durations, kept_by_month
from tenure.engine.retention.use import in_use

__all__ = [
    "CAUSES",
    "OPEN",
    "Book",
    "Bridge",
    "Cohorts",
    "Durations",
    "Interval",
    "Kept",
    "Movement",
    "Spans",
    "Steps",
    "Trend",
    "book_of",
    "bridge",
    "close_of",
    "cohorts",
    "durations",
    "in_use",
    "kept_by_month",
    "matrix",
    "moment_at",
    "month_begin",
    "month_number",
    "part",
    "ratio_interval",
    "running",
    "share_interval",
    "since_reaching",
    "spans_of",
    "stamp",
    "trend",
]
