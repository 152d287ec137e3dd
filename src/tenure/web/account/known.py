"""The point in time a page speaks from: now, or the end of a past day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from tenure.core import clock

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Known:
    """`day`: what the page is as of. `moment`: facts recorded later than this are not known."""

    day: date
    moment: datetime
    past: bool

    @classmethod
    def read(cls, text: str) -> "Known":
        """From a query string; today and later days, and what is no day, mean now."""
        today = clock.today()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = today
        if day >= today:
            return cls(today, clock.now(), past=False)
        end = datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
        return cls(day, end, past=True)

    @property
    def on(self) -> date | None:
        """The day to ask other rooms for; None asks for the newest."""
        return self.day if self.past else None

    @property
    def known_at(self) -> datetime | None:
        """The moment to ask other rooms for; None asks for what is known now."""
        return self.moment if self.past else None

    @property
    def query(self) -> str:
        """What carries this point in time to another page."""
        return f"?on={self.day.isoformat()}" if self.past else ""

    def facts(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those facts that were recorded by then and not yet superseded."""
        if not self.past:
            return rows.filter(superseded_at__isnull=True)
        standing = Q(superseded_at__isnull=True) | Q(superseded_at__gt=self.moment)
        return rows.filter(standing, recorded_at__lte=self.moment)

    def by_then(self, at: datetime | None) -> datetime | None:
        """A date of a fact, if it had come by then."""
        return at if at is not None and at <= self.moment else None
