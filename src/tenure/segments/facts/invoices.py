"""Unpaid invoices as known at a moment."""

from django.db.models import Min, Q

from tenure.contracts.models import Invoice
from tenure.contracts.selectors.payments import NOT_OWED
from tenure.segments.facts.moment import Moment


def overdue_days(moment: Moment) -> dict[int, float]:
    """Days that the oldest unpaid invoice is late, 0 where none is; unknown without invoices."""
    rows = moment.of(Invoice.objects.filter(moment.known))
    issued = Q(issued_at__isnull=True) | Q(issued_at__lt=moment.end)
    billed = rows.filter(issued).order_by().values_list("account_id", flat=True).distinct()
    unpaid = Q(paid_at__isnull=True) | Q(paid_at__gte=moment.end)
    late = rows.filter(unpaid, due_at__lt=moment.end).exclude(status__in=NOT_OWED)
    oldest = dict(late.values_list("account_id").annotate(due=Min("due_at")).order_by())
    return {
        account: float((moment.today - oldest[account].date()).days) if account in oldest else 0.0
        for account in billed
    }
