"""Who does what a play asks for: the owner, a leader, somebody named, or the pool in turn.

The pool is everybody with hours for accounts. A task goes to whoever has the fewest open hours of
plays for each of their hours a week; an account, to whoever owns the fewest. Equals take turns. Two
workers never choose at once, and what was chosen counts for the next choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Count, FloatField, Sum, Value
from django.db.models.functions import Coalesce

from tenure.accounts.hours import people_of
from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.selectors import owner_of
from tenure.accounts.workload import workload
from tenure.core.models import User
from tenure.core.roles import Permission, Role
from tenure.core.selectors import may
from tenure.plays.definition.shape import Who
from tenure.plays.models import Task, TaskStatus

LOCK = 7_362_018
LATELY = 1000
USUAL_HOURS = 0.5


@dataclass
class Member:
    """Somebody work may be given to. `turn`: higher, the later they were last given some."""

    user: User
    hours: float
    languages: frozenset[str] = frozenset()
    turn: int = 0
    open_hours: float = 0.0
    accounts: int = 0

    def speaks(self, language: str) -> bool:
        """Whether the language is theirs, as far as it is known."""
        short = language.partition("-")[0]
        return (
            not language or not self.languages or not {language, short}.isdisjoint(self.languages)
        )


@dataclass
class _Group:
    pool: list[Member] = field(default_factory=list)
    leaders: list[Member] = field(default_factory=list)


class Doers:
    """Who is to do things, within one transaction."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._found: _Group | None = None

    def doer(self, who: Who, account: Account, hours: float) -> User | None:
        """Whoever is to do a task of some hours; None when nobody works accounts."""
        if named := self._named(who, account):
            return named
        chosen = self._least(who, account, lambda one: one.open_hours)
        if chosen is not None:
            chosen.open_hours += hours
        return chosen.user if chosen else None

    def keeper(self, who: Who, account: Account) -> User | None:
        """Whoever is to own an account."""
        if named := self._named(who, account):
            return named
        chosen = self._least(who, account, lambda one: one.accounts)
        if chosen is not None:
            chosen.accounts += 1
        return chosen.user if chosen else None

    def _named(self, who: Who, account: Account) -> User | None:
        found = None
        if who == "owner":
            found = owner_of(account)
        elif "@" in who:
            found = User.objects.filter(email__iexact=who).first()
        if found is None or not found.is_active or not may(found, Permission.WORK_ACCOUNTS):
            return None
        return found

    def _least(self, who: Who, account: Account, load: Callable[[Member], float]) -> Member | None:
        """The one with the least load for an hour a week, of those who speak the language."""
        if self._found is None:
            self._found = _group(self.day)
        group = self._found.leaders if who == "leader" else self._found.pool
        group = group or self._found.leaders
        language = account.language.strip().lower().replace("_", "-")
        fitting = [one for one in group if one.speaks(language)] or group
        chosen = min(fitting, key=lambda m: (load(m) / m.hours, m.turn, m.user.pk), default=None)
        if chosen is not None:
            everybody = (*self._found.pool, *self._found.leaders)
            chosen.turn = 1 + max(one.turn for one in everybody)
        return chosen


def _group(day: date) -> _Group:
    """Everybody with hours, and the leaders (else the administrators), each as they stand now."""
    _alone()
    made = _Group()
    for person in people_of([], day, workload()):
        if person.works and person.hours > 0:
            stated = person.stated.languages if person.stated else ()
            spoken = frozenset(str(word).strip().lower().replace("_", "-") for word in stated)
            made.pool.append(Member(person.user, person.hours, spoken))
    made.leaders = [Member(user, 1.0) for user in _holding(Role.LEADER) or _holding(Role.ADMIN)]
    _loads([*made.pool, *made.leaders])
    return made


def _alone() -> None:
    """Let no other worker choose until this transaction ends; on SQLite it holds that already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _holding(role: Role) -> list[User]:
    rows = User.objects.filter(
        is_active=True, role_grants__role=role, role_grants__until__isnull=True
    )
    return list(rows.distinct().order_by("pk"))


def _loads(members: Sequence[Member]) -> None:
    keys = [one.user.pk for one in members]
    given = Task.objects.filter(source=Task.Source.PLAY)
    hours = Coalesce("hours", Value(USUAL_HOURS), output_field=FloatField())
    still = given.filter(owner__in=keys, status=TaskStatus.OPEN).values_list("owner")
    open_hours = dict(still.annotate(total=Sum(hours)).order_by())
    books = OwnerAssignment.objects.filter(owner__in=keys, until__isnull=True).values_list("owner")
    accounts = dict(books.annotate(total=Count("pk")).order_by())
    turns: dict[int | None, int] = {}
    for key, owner in given.order_by("-pk").values_list("pk", "owner_id")[:LATELY]:
        turns.setdefault(owner, key)
    for one in members:
        one.open_hours = open_hours.get(one.user.pk, 0.0)
        one.accounts = accounts.get(one.user.pk, 0)
        one.turn = turns.get(one.user.pk, 0)
