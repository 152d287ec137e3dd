"""Writes made on the page Data."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.web.sources.stages import refresh_waits
from tenure.web.tasks import refresh_run


@transaction.atomic
def refresh_request(*, actor: User) -> None:
    """Ask the worker for a refresh, unless one is asked for already."""
    require(actor, Permission.SEE_DATA)
    if refresh_waits():
        raise TenureError(_("A refresh is queued already; the worker takes it up in turn."))
    audit(actor=actor, action="refresh.request", subject="refresh")
    transaction.on_commit(refresh_run.enqueue)
