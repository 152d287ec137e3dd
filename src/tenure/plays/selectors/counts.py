"""What was counted of plays, and accounts that come and go too often for a play's good."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from tenure.core import clock
from tenure.plays.models import Play, PlayCount, Run

What = PlayCount.What
REFUSED = (What.OUTSIDE, What.QUIET, What.RUNNING, What.AGAIN)
HELD_BACK = (What.DAY_FULL, What.OTHER_PLAY)
MANY, SHARE = 20, 0.5


@dataclass(frozen=True)
class Counted:
    """What happened to a play within some days.

    met = started + held_out + Σ refused + expired + those still queued or taken out of the queue
    by a person, up to what was queued when the days began.

    Attributes:
        refused: Reason → arrivals turned away; reasons without any are left out.
        held_back: Reason → days that queued runs had to wait.
    """

    met: int
    started: int
    held_out: int
    expired: int
    refused: Mapping[str, int]
    held_back: Mapping[str, int]

    @property
    def turned_away(self) -> int:
        """Arrivals refused, for whatever reason."""
        return sum(self.refused.values())

    @property
    def flaps(self) -> bool:
        """Whether most of many arrivals are of accounts that have the play or had it just now: its
        trigger comes and goes. Nothing is sent for them, but the rule is not a good one.
        """
        again = self.refused.get(What.AGAIN, 0) + self.refused.get(What.RUNNING, 0)
        return again >= MANY and again > SHARE * self.met


@dataclass(frozen=True)
class DayCount:
    """One day of a play."""

    day: date
    met: int
    started: int
    held_out: int
    turned_away: int


def counts_of(plays: list[Play], days: int = 30) -> dict[int, Counted]:
    """Play → what was counted of it in the last days, today included."""
    since = clock.today() - timedelta(days=days - 1)
    rows = PlayCount.objects.filter(play__in=plays, day__gte=since).order_by()
    found: dict[int, Counter[str]] = {play.pk: Counter() for play in plays}
    for play, what, count in rows.values_list("play", "what").annotate(total=Sum("count")):
        found[play][what] = count
    return {play: _counted(counts) for play, counts in found.items()}


def _counted(counts: Counter[str]) -> Counted:
    return Counted(
        met=counts[What.MET],
        started=counts[What.STARTED],
        held_out=counts[What.HELD_OUT],
        expired=counts[What.EXPIRED],
        refused={str(what): counts[what] for what in REFUSED if counts[what]},
        held_back={str(what): counts[what] for what in HELD_BACK if counts[what]},
    )


def counts_by_day(play: Play, days: int = 90) -> list[DayCount]:
    """Every one of the last days, the oldest first, those without any arrival too."""
    today = clock.today()
    first = today - timedelta(days=days - 1)
    found: dict[date, Counter[str]] = {}
    rows = PlayCount.objects.filter(play=play, day__gte=first)
    for day, what, count in rows.values_list("day", "what", "count"):
        found.setdefault(day, Counter())[what] = count
    told = []
    for number in range(days):
        counts = found.get(first + timedelta(days=number), Counter())
        away = sum(counts[what] for what in REFUSED)
        told.append(
            DayCount(
                first + timedelta(days=number), counts[What.MET], counts[What.STARTED],
                counts[What.HELD_OUT], away,
            )
        )  # fmt: skip
    return told


def queued_of(plays: list[Play]) -> dict[int, int]:
    """Play → accounts that wait for their start."""
    rows = Run.objects.filter(play__in=plays, state=Run.State.QUEUED).order_by()
    return dict(rows.values_list("play").annotate(n=Count("pk")))
