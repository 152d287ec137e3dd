"""The stage `outlook`: the running week once more, when training has predicted after the ladder.

Training learns from levels, so it comes after the ladder, and what it predicts comes too late for
C6. Nothing goes in a circle: in the running week only whether an account pays moves its level, and
that rests on no forecast. Weeks that are over keep what was known at their end.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import StageRun
from tenure.core.pipeline import Refresh
from tenure.core.weekly import first_run_at, last_run
from tenure.forecast.selectors.stays import predicted_since
from tenure.relationship.in_force import ladder_in_force
from tenure.relationship.inputs import gather
from tenure.relationship.stage.climb import climb_back, judge
from tenure.relationship.stage.run import STAGE, in_force_at
from tenure.relationship.stage.write import refresh_lists, write_days


def outlook_refresh(refresh: Refresh) -> dict[str, Any]:
    """Evaluate the running week again if it hasn't seen the newest predictions; how many rows."""
    last, today = last_run(STAGE), refresh.as_of
    if last is None or not (_same_week(last, refresh) and predicted_since(last.started_at)):
        return {"rows": 0}
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    definition = ladder_in_force(in_force_at(today, first_run_at(STAGE)))
    gathered = gather(accounts, [today], definition)
    judged, _ = judge(gathered, definition, climb_back(accounts, today), provisional=today)
    with transaction.atomic():
        rows = write_days(gathered, judged, definition.version, today)
        refresh_lists(accounts, today, today, gathered.outlook.mean[:, -1])
    return {"rows": rows}


def _same_week(last: StageRun, refresh: Refresh) -> bool:
    """Whether the ladder stands at the week before; past midnight on a Sunday it doesn't."""
    sunday = clock.week_start(refresh.as_of) - timedelta(days=1)
    return bool(last.detail.get("through") == sunday.isoformat())
