"""What winning and keeping accounts cost, month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenure.contracts.models import Cost


@dataclass(frozen=True, slots=True)
class Spend:
    """The spend of one month in the reporting currency; None: not known."""

    acquisition: Decimal | None
    retention: Decimal | None


def spend_by_month() -> dict[date, Spend]:
    """First day of a month → its spend, as known now."""
    rows = Cost.objects.filter(superseded_at__isnull=True).order_by("month")
    return {
        month.replace(day=1): Spend(acquisition, retention)
        for month, acquisition, retention in rows.values_list("month", "acquisition", "retention")
    }
