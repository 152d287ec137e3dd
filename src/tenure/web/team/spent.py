"""Hours that were spent, as far as touchpoints say how long they took."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import Lower

from tenure.timeline.models import Touchpoint
from tenure.web.team.held import moment_of

WEEKS = 8


@dataclass(frozen=True)
class Spent:
    """Of one person in the last eight weeks. `timed` of `touchpoints` say how long they took."""

    touchpoints: int = 0
    timed: int = 0
    minutes: float = 0.0

    @property
    def hours(self) -> float | None:
        """Hours a week on those that say so; None when none does."""
        return self.minutes / 60 / WEEKS if self.timed else None

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.touchpoints + other.touchpoints,
            self.timed + other.timed,
            self.minutes + other.minutes,
        )


def spent_by(on: date | None) -> dict[str, Spent]:
    """Address in small letters → what that success manager spent until a day (None: now)."""
    moment = moment_of(on)
    rows = Touchpoint.objects.filter(
        superseded_at__isnull=True,
        occurred_at__gt=moment - timedelta(weeks=WEEKS),
        occurred_at__lte=moment,
    )
    sums = (
        rows.exclude(csm_email="")
        .values(who=Lower("csm_email"))
        .annotate(n=Count("pk"), timed=Count("minutes"), minutes=Sum("minutes"))
    )
    return {row["who"]: Spent(row["n"], row["timed"], row["minutes"] or 0.0) for row in sums}
