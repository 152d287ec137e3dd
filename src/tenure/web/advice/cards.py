"""This week's plan on Today: a card for each suggestion, its hours, and what is in the pool."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from tenure.accounts.models import Account
from tenure.advice.models import Suggestion, WeekPlan
from tenure.advice.selectors import hours_of, plan_now, pool_seen, suggestions_seen
from tenure.advice.services import turns
from tenure.core.models import RoleGrant, User
from tenure.core.roles import Role
from tenure.forecast.texts import Titles, metric_titles
from tenure.web.advice import wording
from tenure.web.advice.titles import Titled, titled
from tenure.web.today.scope import Scope

SHOWN, OF_TEAM, OF_POOL = 8, 5, 3
MOST = 200
"""So many cards are shown of one person, of a team, of the pool, and at the very most."""


@dataclass(frozen=True)
class Card:
    """One suggestion in words. `url`: of its account; "" where the reader does not see it."""

    row: Suggestion
    title: str
    url: str
    why: tuple[str, ...]
    at_stake: str
    worth: str
    passed: str
    otherwise: str

    @property
    def level(self) -> str:
        """Where the account stands."""
        return str(self.row.why.get("level", ""))


@dataclass(frozen=True)
class Read:
    """Titles of metrics and of plays, and names of the accounts the reader may see."""

    metrics: Titles
    plays: Titled
    names: Mapping[int, str]


@dataclass(frozen=True)
class Shown:
    """The plan as Today shows it.

    Attributes:
        plan: None: none was made this week.
        cards, more: The first suggestions, and how many are not shown.
        pool: Suggestions for accounts that are nobody's.
        used, room: Hours that suggestions of the week take, of those the plan may have; None: of
            nobody in particular.
        turn: Who is next to take from the pool.
        people: Who may be given any account, for handing over; owners see their own as well.
        takers: Who may be given one that is nobody's.
    """

    plan: WeekPlan | None
    cards: tuple[Card, ...]
    more: int
    pool: tuple[Card, ...]
    used: float | None
    room: float | None
    turn: User | None
    people: tuple[User, ...]
    takers: tuple[User, ...]

    @property
    def anything(self) -> bool:
        """Whether there is something to decide."""
        return bool(self.cards or self.pool)


def shown_of(scope: Scope, may_work: bool, everything: bool = False) -> Shown:
    """This week's plan for whom the scope is."""
    today, plan = scope.since.today, plan_now(scope.since.today)
    nobodys, person = scope.owner == "none", scope.person()
    limits = (MOST, MOST) if everything else (SHOWN if person else OF_TEAM, OF_POOL)
    own = [] if nobodys else _keys(suggestions_seen(scope.visible(), today, person))
    wants_pool = may_work and (nobodys or not scope.owner)
    free = _keys(pool_seen(today)) if wants_pool else []
    rows, pool = _read(own[: limits[0]], free[: limits[1]])
    seen = _names(scope, [*rows, *pool])
    read = Read(metric_titles() if rows or pool else {}, _titles([*rows, *pool]), seen)
    used, room = _hours(plan, person) if not nobodys else (None, None)
    able = _able(bool(pool) and scope.sees_all) if (rows or pool) and may_work else ()
    return Shown(
        plan=plan,
        cards=tuple(_card(row, read) for row in rows),
        more=len(own) + len(free) - len(rows) - len(pool),
        pool=tuple(_card(row, read) for row in pool),
        used=used,
        room=room,
        turn=_next_in_turn() if pool else None,
        people=tuple(user for user, role in able if role != Role.CSM),
        takers=tuple(user for user, _role in able),
    )


def _keys(rows: QuerySet[Suggestion]) -> list[int]:
    """All of them by their keys, as most are only counted."""
    return list(rows.values_list("pk", flat=True))


def _read(own: list[int], free: list[int]) -> tuple[list[Suggestion], list[Suggestion]]:
    """Those shown, read at once."""
    wanted = Suggestion.objects.select_related("account", "person").defer("account__custom")
    found = wanted.in_bulk([*own, *free]) if own or free else {}
    rows, pool = ([found[key] for key in keys if key in found] for keys in (own, free))
    return rows, pool


def _names(scope: Scope, rows: Iterable[Suggestion]) -> dict[int, str]:
    """Names of all accounts on the cards that the reader may see."""
    keys = {row.account_id for row in rows}
    keys |= {one["account"] for row in rows for one in row.passed}
    found = scope.visible().filter(pk__in=keys) if keys else Account.objects.none()
    return dict(found.values_list("pk", "name"))


def _titles(rows: Iterable[Suggestion]) -> Titled:
    """Titles of the plays on the cards, and of those passed over."""
    wanted = {(row.play, row.version) for row in rows}
    others = [one for row in rows for one in [*row.passed, row.otherwise] if one]
    return titled(wanted | {(one["play"], one["version"]) for one in others})


def _card(row: Suggestion, read: Read) -> Card:
    seen = row.account_id in read.names
    return Card(
        row=row,
        title=read.plays(row.play, row.version),
        url=reverse("account", args=[row.account_id]) if seen else "",
        why=tuple(wording.why(row, read.metrics)),
        at_stake=wording.at_stake(row),
        worth=wording.worth(row),
        passed=wording.passed_over(row, read.names, read.plays),
        otherwise=wording.otherwise(row, read.plays),
    )


def _hours(plan: WeekPlan | None, person: User | None) -> tuple[float | None, float | None]:
    """Hours of suggestions decided for or proposed, of those the plan may have."""
    if plan is None:
        return None, None
    if person is None:
        used = sum(load["used"] + load["taken"] for load in plan.loads)
        return used, sum(load["room"] for load in plan.loads)
    own = next((load for load in plan.loads if load["person"] == person.pk), None)
    hours = hours_of(person, plan.week)
    return (hours.taken + hours.open, own["room"]) if own else (None, None)


def _next_in_turn() -> User | None:
    found = turns()
    return found[0].person if found else None


def _able(managers: bool) -> tuple[tuple[User, str], ...]:
    """Leaders and administrators, and success managers too where those are asked for."""
    roles = [Role.LEADER, Role.ADMIN, *([Role.CSM] if managers else [])]
    held = RoleGrant.objects.filter(role__in=roles, until__isnull=True, user__is_active=True)
    rows = held.select_related("user").order_by("user__name", "user__email")
    return tuple((row.user, row.role) for row in rows)
