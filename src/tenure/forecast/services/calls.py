"""Success managers' calls on renewals."""

from datetime import date
from decimal import Decimal

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
from tenure.forecast.models import Call, RenewalCall


@transaction.atomic
def renewal_call_record(
    *,
    actor: User | None,
    account: Account,
    renews_on: date,
    call: str,
    amount: Decimal | None = None,
    note: str = "",
) -> RenewalCall:
    """Add a call on one renewal; the newest counts, the earlier ones stay.

    Raises:
        NotAllowed: the actor may not work on accounts, or not on this one.
        TenureError: no such call, or an amount below zero.
    """
    require(actor, Permission.WORK_ACCOUNTS)
    if actor is not None and not accounts_visible(actor).filter(pk=account.pk).exists():
        raise NotAllowed(
            _("%(name)s is not in your book; ask its owner to make the call.")
            % {"name": account.name}
        )
    if call not in Call.values:
        raise TenureError(
            _("%(call)r is no call; use one of %(names)s.")
            % {"call": call, "names": ", ".join(Call.values)}
        )
    if amount is not None and amount < 0:
        raise TenureError(
            _("The amount after a renewal cannot be below zero; %(amount)s is.")
            % {"amount": amount}
        )
    row = RenewalCall.objects.create(
        account=account,
        renews_on=renews_on,
        call=call,
        amount=Decimal(0) if call == Call.LOST else amount,
        note=note.strip(),
        author=actor,
        made_at=clock.now(),
    )
    detail = {"account": account.external_id, "renews_on": renews_on.isoformat(), "call": call}
    audit(actor=actor, action="renewal.call", subject=row, detail=detail)
    return row
