"""The one clock. Code asks here, so a test or a demo can say what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("tenure_clock", default=None)


def now() -> datetime:
    """The current time in UTC, or the time set by `at`."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The current UTC date."""
    return now().date()


def week_start(day: date) -> date:
    """The Monday of the ISO week that holds `day`."""
    return day - timedelta(days=day.weekday())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (timezone-aware) within the block."""
    if moment.tzinfo is None:
        raise ValueError("clock.at needs a timezone-aware time")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
