"""Writes of the leader's plan: planning anew, and which plays of the library may be suggested."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from tenure.advice.definitions import advice_save, body_now
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.web.tasks import week_plan_run

TASK = "tenure.web.tasks.week_plan_run"


def plan_waits() -> bool:
    """Whether a plan that somebody asked for has yet to be made."""
    asked = DBTaskResult.objects.filter(task_path=TASK, status__in=("READY", "RUNNING"))
    return bool(asked.exists())


@transaction.atomic
def week_plan_request(*, actor: User) -> None:
    """Ask the worker for a new plan of the week, unless one is asked for already."""
    require(actor, Permission.PLAN_TEAM)
    if plan_waits():
        raise TenureError(_("A new plan is queued already; the worker takes it up in turn."))
    audit(actor=actor, action="advice.request", subject="plan")
    transaction.on_commit(lambda: week_plan_run.enqueue(actor.pk))


@transaction.atomic
def plays_suggest(*, actor: User, keys: Collection[str]) -> None:
    """Let these plays be suggested although they are not switched on, and no others."""
    require(actor, Permission.PLAN_TEAM)
    advice_save(actor=actor, body={**body_now(), "suggest": sorted(set(keys))})
