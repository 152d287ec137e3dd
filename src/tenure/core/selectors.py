"""Reads of users' roles, definitions and currency rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import NotAllowed
from tenure.core.models import CurrencyRate, DefinitionVersion, RoleGrant, User
from tenure.core.roles import GRANTS, Permission, Role

HELD = "_role_held"


def role_of(user: User, at: datetime | None = None) -> Role | None:
    """The role a user holds (at a time); none for someone inactive or never granted one."""
    if at is None and HELD in vars(user):
        return vars(user)[HELD]  # type: ignore[no-any-return]
    return roles_of([user], at).get(user.pk)


def role_hold(user: User) -> Role | None:
    """The role, asked once of this object: of the user of one request."""
    held = vars(user)[HELD] = roles_of([user]).get(user.pk)
    return held


def roles_of(users: Iterable[User], at: datetime | None = None) -> dict[int, Role]:
    """The roles of many users by their keys, read at once; who holds none is not in it."""
    moment = at or clock.now()
    grants = (
        RoleGrant.objects.filter(user__in=[u.pk for u in users if u.is_active])
        .filter(Q(until__isnull=True) | Q(until__gt=moment), since__lte=moment)
        .order_by("since", "id")
    )
    return {user: Role(role) for user, role in grants.values_list("user_id", "role")}


def may(user: User, permission: Permission) -> bool:
    """Whether the user's current role grants the permission."""
    role = role_of(user)
    return role is not None and permission in GRANTS[role]


def require(user: User | None, permission: Permission) -> None:
    """Raise `NotAllowed` unless the user may. `None` is the system itself, which may."""
    if user is not None and not may(user, permission):
        raise NotAllowed(
            _(
                "%(user)s may not do this: it needs the permission %(value)r. "
                "Ask an administrator for another role."
            )
            % {"user": user, "value": permission.value}
        )


@dataclass(frozen=True)
class Definition:
    """The current version of a definition."""

    kind: str
    key: str
    version: int
    body: dict[str, Any]
    created_at: datetime


def definitions_current(kind: str, at: datetime | None = None) -> list[Definition]:
    """The newest unretired version of each key of a kind (as of a time), sorted by key."""
    return [found for found in definitions_newest(kind, at).values() if found is not None]


def definitions_newest(kind: str, at: datetime | None = None) -> dict[str, Definition | None]:
    """The newest version of each key of a kind (as of a time), by key; None: it is retired."""
    rows = DefinitionVersion.objects.filter(kind=kind)
    if at is not None:
        rows = rows.filter(created_at__lte=at)
    newest = (
        rows.filter(key=OuterRef("key"))
        .values("key")
        .annotate(newest=Max("version"))
        .values("newest")
    )
    current = rows.filter(version=Subquery(newest)).order_by("key")
    return {row.key: None if row.retired else _definition(row) for row in current}


def definition_current(kind: str, key: str) -> Definition | None:
    """The newest version of one definition, or None when unknown or retired."""
    row = DefinitionVersion.objects.filter(kind=kind, key=key).order_by("-version").first()
    return None if row is None or row.retired else _definition(row)


def definition_history(kind: str, key: str) -> Sequence[DefinitionVersion]:
    """Every version of one definition, newest first."""
    return list(
        DefinitionVersion.objects.filter(kind=kind, key=key)
        .select_related("created_by")
        .order_by("-version")
    )


def _definition(row: DefinitionVersion) -> Definition:
    return Definition(row.kind, row.key, row.version, row.body, row.created_at)


def currency_rates() -> list[tuple[str, date, float]]:
    """Current (currency, from day, rate to the reporting currency), by currency and day."""
    return [
        (row.currency, row.day, float(row.rate))
        for row in CurrencyRate.objects.filter(superseded_at__isnull=True).order_by(
            "currency", "day"
        )
    ]
