"""The moment as of which a source is read."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

from django.db.models import Case, F, IntegerField, Model, OuterRef, Q, QuerySet, Value, When

from tenure.core import clock

M = TypeVar("M", bound=Model)
R = TypeVar("R")
CURRENT = timedelta(days=14)
"""Scores and levels come weekly; one more week for a refresh that is late."""


@dataclass(frozen=True)
class Moment:
    """The end of a day, or now where the day is today or still to come.

    `among`: the accounts asked about, a few; None: all.
    """

    day: date
    among: frozenset[int] | None = None

    @property
    def is_now(self) -> bool:
        return self.day >= clock.today()

    @property
    def today(self) -> date:
        """The day to count from; today where it is still to come."""
        return min(self.day, clock.today())

    @cached_property
    def end(self) -> datetime:
        """Facts after it do not count."""
        midnight = datetime.combine(self.day + timedelta(days=1), time(), UTC)
        return min(midnight, clock.now() + timedelta(microseconds=1))

    @property
    def known(self) -> Q:
        """Which recorded facts were known then and not superseded by others."""
        still = Q(superseded_at__isnull=True)
        if self.is_now:
            return still
        return Q(recorded_at__lt=self.end) & (still | Q(superseded_at__gte=self.end))

    def before(self, weeks: int) -> "Moment":
        """So many weeks earlier."""
        return replace(self, day=self.day - timedelta(weeks=weeks))

    def of(self, rows: QuerySet[M, R], account: str = "account") -> QuerySet[M, R]:
        """Those rows that belong to the accounts asked about."""
        return rows if self.among is None else rows.filter(**{f"{account}__in": self.among})

    def newest_of(self, model: type[Model], oldest: date | None = None) -> QuerySet[Model]:
        """For use in a Subquery: the row of an account that was the newest known then.

        A day's row made again later counts as first made, unless it was made by then.
        """
        rows = model._default_manager.filter(account=OuterRef("pk"), as_of__lte=self.day)
        if oldest is not None:
            rows = rows.filter(as_of__gt=oldest)
        late = Case(
            When(computed_at__gte=self.end, then=Value(1)), default=Value(0),
            output_field=IntegerField(),
        )  # fmt: skip
        turn = Case(
            When(computed_at__gte=self.end, then=F("pk")), default=-F("pk"),
            output_field=IntegerField(),
        )  # fmt: skip
        return rows.order_by("-as_of", late, turn)
