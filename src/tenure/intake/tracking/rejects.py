"""Moving rejected events from the inbox to where the intake page shows them."""

from django.db import transaction

from tenure.events import inbox
from tenure.intake.models import Reject

DOOR = "tracking"


def rejects_collect(*, limit: int = 1000) -> int:
    """Move up to `limit` rejected events, oldest first; returns how many were moved.

    The inbox may be another database. Those a stopped worker moved but did not yet delete are
    known by their moment and place.
    """
    waiting = inbox.rejects_read(limit)
    if not waiting:
        return 0
    with transaction.atomic():
        known = set(
            Reject.objects.filter(door=DOOR, at__in={r.received_at for r in waiting}).values_list(
                "at", "line", "column", "value"
            )
        )
        Reject.objects.bulk_create(
            Reject(
                door=DOOR,
                table=r.call,
                at=r.received_at,
                line=r.index,
                column=r.column,
                value=r.value,
                reason=r.reason,
            )
            for r in waiting
            if (r.received_at, r.index, r.column, r.value) not in known
        )
    inbox.rejects_delete([r.id for r in waiting])
    return len(waiting)
