"""Choosing a digest, and unsubscribing."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.selectors import role_of
from tenure.core.services import audit
from tenure.web.digest.choices import chosen_of, offered
from tenure.web.models import DigestChoice, DigestKind

HOURS = range(24)


@transaction.atomic
def digest_choose(*, actor: User, kind: str, hour: int) -> None:
    """Set which digest a user gets themselves, and at which hour of the company's clock."""
    if kind not in offered(role_of(actor)):
        raise TenureError(_("Your role has no such digest; choose one of the list."))
    if hour not in HOURS:
        raise TenureError(_("The hour must be one of the day, from 0 to 23."))
    _keep(actor, kind, hour, {"kind": kind, "hour": hour})


@transaction.atomic
def digest_unsubscribe(*, user: User, kind: str) -> bool:
    """End one kind of digest, as a link in it asked for; whether the user was getting it.

    Who follows the link need not have signed in, so nothing else can be changed here.
    """
    chosen = chosen_of(user)
    if chosen.kind != kind:
        return False
    _keep(user, DigestKind.NONE, chosen.hour, {"kind": DigestKind.NONE, "by": "link"})
    return True


def _keep(user: User, kind: str, hour: int, detail: dict[str, Any]) -> None:
    values = {"kind": kind, "hour": hour, "changed_at": clock.now()}
    DigestChoice.objects.update_or_create(user=user, defaults=values)
    audit(actor=user, action="digest.choose", subject=user, detail=detail)
