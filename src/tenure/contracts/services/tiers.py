"""A plan and its tier set by hand: the same write as a load's, with permission and audit."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.contracts.models import Interval, Plan
from tenure.contracts.rows import PlanRow
from tenure.contracts.services.plans import COLUMNS, plan_upsert_many
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit

HIGHEST = 32_767


@transaction.atomic
def plan_set(*, actor: User | None, row: PlanRow) -> bool:
    """Make a plan or change it; whether anything changed. Its id, once given, stays."""
    require(actor, Permission.EDIT_DEFINITIONS)
    _check(row)
    before = Plan.objects.filter(external_id=row.id).first()
    old = {name: getattr(before, name) for name in COLUMNS} if before else {}
    if not plan_upsert_many(rows=[row]).loaded:
        return False
    plan = Plan.objects.get(external_id=row.id)
    changed = {
        name: [_told(old.get(name)), _told(getattr(row, name))]
        for name in COLUMNS
        if not before or old[name] != getattr(row, name)
    }
    audit(actor=actor, action="plan.set", subject=plan, detail={"plan": row.id, **changed})
    return True


def _check(row: PlanRow) -> None:
    if not row.id.strip() or not row.name.strip():
        raise TenureError(_("A plan needs an id and a name."))
    if not 0 <= row.tier <= HIGHEST:
        raise TenureError(
            _("A tier is a whole number from 0 (free or trial) to %(most)s.") % {"most": HIGHEST}
        )
    if row.interval and row.interval not in Interval.values:
        raise TenureError(_("A plan is paid monthly or yearly."))
    if row.list_price is not None and row.list_price < 0:
        raise TenureError(_("A list price cannot be below zero."))
    code = row.currency
    if code and not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise TenureError(
            _("%(currency)r is no ISO 4217 currency code; use three letters, as USD.")
            % {"currency": code}
        )


def _told(value: Any) -> str | int | bool | None:
    return value if isinstance(value, (int, str)) or value is None else str(value)
