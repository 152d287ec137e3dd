"""Writes of plans."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.contracts.models import Plan
from tenure.contracts.rows import PlanRow
from tenure.core import clock, reasons
from tenure.core.facts import RowReject, Written

COLUMNS = ("name", "tier", "interval", "list_price", "currency", "is_top_tier")


@transaction.atomic
def plan_upsert_many(
    *,
    rows: Sequence[PlanRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write plans by their ids; columns not `given` keep their value. Plans have no history."""
    moment = at or clock.now()
    named = [c for c in COLUMNS if given is None or c in given]
    last = {row.id: index for index, row in enumerate(rows)}
    current = {p.external_id: p for p in Plan.objects.filter(external_id__in=last)}
    rejected: list[RowReject] = []
    changed: list[int] = []
    plans: list[Plan] = []
    for index, row in enumerate(rows):
        if last[row.id] != index:
            if rows[last[row.id]] != row:
                rejected.append(RowReject(index, "id", row.id, reasons.LATER_ROW))
            continue
        values = {c: getattr(row, c) for c in named}
        plan = current.get(row.id)
        if plan is None:
            plans.append(Plan(external_id=row.id, recorded_at=moment, **values))
        elif any(getattr(plan, c) != v for c, v in values.items()):
            for column, value in values.items():
                setattr(plan, column, value)
            plans.append(plan)
        else:
            continue
        changed.append(index)
    Plan.objects.bulk_create(
        plans,
        update_conflicts=True,
        unique_fields=["external_id"],
        update_fields=list(COLUMNS),
    )
    unchanged = len(rows) - len(changed) - len(rejected)
    return Written(len(changed), unchanged, tuple(rejected), tuple(changed))
