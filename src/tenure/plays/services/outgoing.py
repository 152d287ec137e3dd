"""What people do with things of the outbox: send one again."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.mail.setup import faults
from tenure.core.models import User
from tenure.core.services import audit
from tenure.plays.models import Outgoing
from tenure.plays.outbox.sending import AGAIN
from tenure.plays.services import rules

State = Outgoing.State
MAY = (State.UNSURE, State.FAILED)


@transaction.atomic
def outgoing_again(*, actor: User | None, outgoing: Outgoing) -> Outgoing:
    """Send again what failed, or what nobody knows to have been sent; under the same key.

    Raises:
        NotAllowed: the actor does not work the account.
        TenureError: it is on its way, was sent, or is not wanted any more; or no mail can be sent.
    """
    row = Outgoing.objects.select_for_update(of=("self",)).get(pk=outgoing.pk)
    rules.may_work(actor, row.account)
    if row.state not in MAY:
        raise TenureError(_("Only what was not sent, or may not have been, is sent again."))
    if row.kind == Outgoing.Kind.MAIL:
        if wrong := faults():
            raise TenureError(" ".join(wrong))
        row.payload = {**row.payload, AGAIN: clock.now().isoformat()}
    before, row.state = row.state, State.WAITING
    row.try_at, row.ended_at = clock.now(), None
    row.claimed_at = row.handed_at = None
    row.save()
    detail = {"key": row.key, "was": before, "account": row.account.external_id}
    audit(actor=actor, action="outgoing.again", subject=row, detail=detail)
    return row
