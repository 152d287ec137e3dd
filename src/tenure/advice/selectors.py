"""Reads of plans and suggestions; of suggestions always those the reader may see."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from tenure.accounts.models import Account
from tenure.advice.models import TAKEN, WAITING, State, Suggestion, SuggestionChange, WeekPlan
from tenure.core import clock
from tenure.core.models import User

LATELY = timedelta(days=90)


def plan_now(day: date | None = None) -> WeekPlan | None:
    """The newest plan of the week that holds a day (today)."""
    monday = clock.week_start(day or clock.today())
    return WeekPlan.objects.filter(week=monday).order_by("-made_at", "-pk").first()


def suggestions_waiting(today: date) -> QuerySet[Suggestion]:
    """Everybody's that wait and are not asleep, the most worth first."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=today)
    rows = Suggestion.objects.filter(awake, state__in=WAITING)
    return rows.select_related("account", "person").order_by("-value", "pk")


def suggestions_seen(
    accounts: QuerySet[Account], today: date, person: User | None = None
) -> QuerySet[Suggestion]:
    """Those of some accounts that wait, of one person or of all; the pool's are left out."""
    rows = suggestions_waiting(today).filter(pooled=False, account__in=accounts)
    return rows if person is None else rows.filter(Q(person=person) | Q(person__isnull=True))


def pool_seen(today: date) -> QuerySet[Suggestion]:
    """Those for accounts that are nobody's, which everybody who works accounts may take."""
    return suggestions_waiting(today).filter(pooled=True)


@dataclass(frozen=True)
class Hours:
    """Hours of suggestions of a week: decided for, and still proposed."""

    taken: float
    open: float


def hours_of(person: User, monday: date) -> Hours:
    """What one person's suggestions of a week take."""
    return hours_by_person(monday, [person.pk]).get(person.pk, Hours(0.0, 0.0))


def hours_by_person(monday: date, people: Iterable[int]) -> dict[int, Hours]:
    """The same of several people, by key."""
    rows = Suggestion.objects.filter(week=monday, person__in=list(people))
    taken = Sum("hours", filter=Q(state__in=TAKEN))
    waits = Sum("hours", filter=Q(state__in=WAITING))
    sums = rows.values_list("person_id").annotate(taken=taken, waits=waits).order_by()
    return {key: Hours(done or 0.0, due or 0.0) for key, done, due in sums if key is not None}


@dataclass(frozen=True)
class Decisions:
    """What became of the suggestions of one play. `reasons`: of those dismissed."""

    play: str
    decided: int
    dismissed: int
    reasons: Mapping[str, int]

    @property
    def share(self) -> float:
        """Share of those decided that were dismissed."""
        return self.dismissed / self.decided if self.decided else 0.0


def decisions_lately() -> list[Decisions]:
    """By play, of the last 90 days: the most often dismissed first."""
    moment = clock.now() - LATELY
    rows = Suggestion.objects.filter(state__in=[*TAKEN, State.DISMISSED], decided_at__gt=moment)
    decided: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for play, state, reason in rows.values_list("play", "state", "reason").iterator():
        decided[play] += 1
        if state == State.DISMISSED:
            reasons[play][reason] += 1
    found = [
        Decisions(play, count, sum(reasons[play].values()), dict(reasons[play].most_common()))
        for play, count in decided.items()
    ]
    return sorted(found, key=lambda one: (-one.share, -one.decided, one.play))


def suggestion_history(suggestion: Suggestion) -> list[SuggestionChange]:
    """What happened to a suggestion, newest first."""
    rows = suggestion.changes.select_related("actor", "person")
    return list(rows.order_by("-at", "-pk"))
