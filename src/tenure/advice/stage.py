"""The refresh stage `advice`: the plan of the week, once, and again when something calls for it."""

from typing import Any

from tenure.accounts.models import Account
from tenure.advice.models import WeekPlan
from tenure.advice.selectors import plan_now
from tenure.advice.services.planning import week_plan
from tenure.core.pipeline import Refresh
from tenure.plays.models import Play, Run


def advice_refresh(refresh: Refresh) -> dict[str, Any]:
    """Plan the week unless there is a plan that still holds; returns counts."""
    before = plan_now(refresh.as_of)
    why = "week" if before is None else _call_for(before)
    if not why:
        return {"planned": False}
    row = week_plan(actor=None, report=refresh.report)
    if row is None:
        return {"planned": False, "plays": 0}
    return {
        "planned": True, "why": why, "suggestions": row.suggestions.count(),
        "value": round(row.value, 2), "gap": round(row.gap, 6), "seconds": row.seconds,
    }  # fmt: skip


def _call_for(plan: WeekPlan) -> str:
    """What happened since a plan was made that it does not know of; "" when nothing did."""
    since = plan.made_at
    if Play.objects.filter(switched_at__gt=since).exists():
        return "plays"
    if Account.objects.filter(recorded_at__gt=since, contract__mrr__gt=0).exists():
        return "accounts"
    waiting = Run.objects.filter(state=Run.State.QUEUED, met_at__gt=since)
    return "accounts" if waiting.exists() else ""
