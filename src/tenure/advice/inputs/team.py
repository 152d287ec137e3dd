"""Who can do what in a week: hours for the plan, languages, skills, and what is settled already."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from tenure.accounts.hours import Person, people_of
from tenure.accounts.models import OwnerAssignment
from tenure.accounts.workload import workload
from tenure.advice.definitions import AdviceDefinition
from tenure.advice.models import TAKEN, State, Suggestion
from tenure.advice.waiting import settled
from tenure.engine.planning import Commitment, Manager
from tenure.plays.models import RunStep, Task, TaskStatus

SUNDAY = timedelta(days=6)


@dataclass(frozen=True)
class Member:
    """One person's week.

    `hours`: that the person has for accounts; `tasks`: of open tasks due by its end; `taken`: of
    suggestions of the week that were accepted, or wait for the person alone.
    """

    person: Person
    hours: float
    tasks: float
    taken: float
    share: float

    def languages(self, spoken: Mapping[int, frozenset[str]]) -> frozenset[str] | None:
        """Those stated, else those of the book; None: not known."""
        stated = self.person.stated.languages if self.person.stated else ()
        words = frozenset(language_of(word) for word in stated) - {""}
        return words or spoken.get(self.person.user.pk) or None

    def may_work(self, language: str, spoken: Mapping[int, frozenset[str]]) -> bool:
        """Whether the person may work with an account of a language."""
        own, word = self.languages(spoken), language_of(language)
        return own is None or not word or word in own

    @property
    def skills(self) -> frozenset[str]:
        """Those stated."""
        stated = self.person.stated.skills if self.person.stated else ()
        return frozenset(plain(word) for word in stated) - {""}

    @property
    def room(self) -> float:
        """Hours that the plan may have in all: its share, and no more than tasks leave."""
        return max(min(self.share * self.hours, self.hours - self.tasks), 0.0)

    @property
    def free(self) -> float:
        """Hours still to plan."""
        return max(self.room - self.taken, 0.0)


def members_of(week: date, definition: AdviceDefinition) -> list[Member]:
    """Everybody who works accounts in a week that begins on a Monday, by name."""
    owning = OwnerAssignment.objects.filter(until__isnull=True)
    keys = list(owning.values_list("owner_id", flat=True).distinct().order_by())
    people = [one for one in people_of(keys, week, workload()) if one.works]
    tasks, taken = task_hours(week, definition.task_hours), taken_hours(week)
    return [
        Member(
            one, one.hours, tasks.get(one.user.pk, 0.0), taken.get(one.user.pk, 0.0),
            definition.hours_share,
        )
        for one in people
    ]  # fmt: skip


def task_hours(week: date, usual: float) -> dict[int, float]:
    """Owner → hours of open tasks due by the end of a week, those of accepted suggestions apart."""
    end = week + SUNDAY
    accepted = Suggestion.objects.filter(state__in=TAKEN, week=week)
    ours = RunStep.objects.filter(run__in=accepted.values("run"), task__isnull=False)
    known = set(ours.values_list("task_id", flat=True))
    known |= set(accepted.filter(task__isnull=False).values_list("task_id", flat=True))
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=end)
    rows = Task.objects.filter(awake, status=TaskStatus.OPEN, due_on__lte=end, owner__isnull=False)
    found: dict[int, float] = defaultdict(float)
    for key, owner, hours in rows.values_list("pk", "owner_id", "hours").iterator():
        if key not in known and owner is not None:
            found[owner] += usual if hours is None else hours
    return dict(found)


def taken_hours(week: date) -> dict[int, float]:
    """Person → hours of a week's suggestions that the person accepted, was given, or snoozed."""
    accepted = Q(state__in=TAKEN, week=week)
    asleep = Q(state=State.SNOOZED, snoozed_until__gt=week + SUNDAY)
    found: dict[int, float] = defaultdict(float)
    rows = Suggestion.objects.filter(accepted | settled(week) & ~asleep, person__isnull=False)
    for person, hours in rows.values_list("person_id", "hours"):
        if person is not None:
            found[person] += hours
    return dict(found)


def managers_of(
    members: Sequence[Member], rate: float, spoken: Mapping[int, frozenset[str]]
) -> tuple[list[Manager], list[Commitment]]:
    """As the engine takes them. `spoken`: languages of each one's book, for who states none."""
    managers = [
        Manager(one.person.user.pk, one.room, rate, one.skills, one.languages(spoken))
        for one in members
    ]
    gone = [Commitment(one.person.user.pk, min(one.taken, one.room)) for one in members]
    return managers, gone


def plain(word: str) -> str:
    """As skills are compared."""
    return word.strip().casefold()


def language_of(word: str) -> str:
    """As languages are compared: without the region, so whoever works in de works in de-AT."""
    return plain(word).replace("_", "-").partition("-")[0]


def spoken_by() -> dict[int, frozenset[str]]:
    """Owner → languages of the accounts of their book."""
    rows = OwnerAssignment.objects.filter(until__isnull=True).exclude(account__language="")
    found: dict[int, set[str]] = defaultdict(set)
    for owner, word in rows.values_list("owner_id", "account__language").distinct():
        found[owner].add(language_of(word))
    return {owner: frozenset(words) for owner, words in found.items()}
