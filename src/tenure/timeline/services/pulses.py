"""Writes of success managers' own judgements."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.timeline.models import Pulse


@transaction.atomic
def pulse_record(*, actor: User | None, account: Account, value: float, comment: str = "") -> Pulse:
    """Record how an account does in the actor's judgement, from 0 (lost) to 100 (thriving)."""
    require(actor, Permission.WORK_ACCOUNTS)
    if actor is not None and not accounts_visible(actor).filter(pk=account.pk).exists():
        raise NotAllowed(
            _("%(actor)s may not judge %(account)s: it is not among their accounts.")
            % {"actor": actor, "account": account}
        )
    if not 0 <= value <= 100:
        raise TenureError(
            _("A pulse is a number from 0 to 100; %(value)s is not.") % {"value": value}
        )
    now = clock.now()
    pulse = Pulse.objects.create(
        account=account,
        author=actor,
        value=value,
        comment=comment.strip(),
        occurred_at=now,
        recorded_at=now,
    )
    audit(actor=actor, action="pulse.record", subject=pulse, detail={"account": account.pk})
    return pulse
