"""Which digest a user gets: what they chose, as far as their role allows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tenure.core.models import User
from tenure.core.roles import GRANTS, Permission, Role
from tenure.core.selectors import role_of, roles_of
from tenure.web.models import DigestChoice, DigestKind

HOUR = 7
USUAL = {Role.CSM: DigestKind.DAILY, Role.LEADER: DigestKind.WEEKLY}
NEEDS = {
    DigestKind.DAILY: {Permission.SEE_OWN_BOOK, Permission.WORK_ACCOUNTS},
    DigestKind.WEEKLY: {Permission.SEE_ALL_ACCOUNTS, Permission.PLAN_TEAM},
}


@dataclass(frozen=True)
class Chosen:
    """What a user gets. `since`: when that came to be; what fell due before is not sent."""

    kind: DigestKind
    hour: int
    since: datetime


def offered(role: Role | None) -> list[DigestKind]:
    """The digests a role may choose from; NONE is always there."""
    granted = GRANTS[role] if role else frozenset()
    return [*(kind for kind, needs in NEEDS.items() if needs <= granted), DigestKind.NONE]


def chosen_of(user: User) -> Chosen:
    """What a user gets now."""
    row = DigestChoice.objects.filter(user=user).first()
    return _chosen(user, role_of(user), row)


def all_chosen() -> Iterator[tuple[User, Chosen]]:
    """Every active user who gets a digest."""
    active = User.objects.filter(is_active=True).select_related("digest_choice").order_by("pk")
    users = list(active)
    roles = roles_of(users)
    for user in users:
        chosen = _chosen(user, roles.get(user.pk), getattr(user, "digest_choice", None))
        if chosen.kind != DigestKind.NONE:
            yield user, chosen


def _chosen(user: User, role: Role | None, row: DigestChoice | None) -> Chosen:
    usual = USUAL.get(role, DigestKind.NONE) if role else DigestKind.NONE
    if row is None:
        return Chosen(usual, HOUR, user.created_at)
    kind = DigestKind(row.kind)
    return Chosen(kind if kind in offered(role) else usual, row.hour, row.changed_at)
