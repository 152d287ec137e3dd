"""Weeks in batches, each written in one transaction: safe to interrupt and to run again."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction

from tenure.accounts.models import Account, AttributeChange, Membership
from tenure.contracts.models import SubscriptionPeriod
from tenure.core.pipeline import Refresh
from tenure.core.weekly import first_run_at, last_run, owed
from tenure.metrics.selectors.grid import panel_changed_from
from tenure.relationship.in_force import ladder_in_force, versions_saved_at
from tenure.relationship.inputs import gather
from tenure.relationship.stage.climb import climb_back, judge
from tenure.relationship.stage.write import refresh_lists, write_days
from tenure.timeline.models import Advocacy, Outcome, SurveyAnswer, Ticket, Touchpoint

STAGE = "relationship"
_CELLS = 400_000  # accounts × days at a time, to keep a long backfill's memory flat
_FACTS = (
    Account, AttributeChange, Membership, SubscriptionPeriod, Touchpoint, Ticket, SurveyAnswer,
    Outcome, Advocacy,
)  # fmt: skip


def relationship_refresh(refresh: Refresh) -> dict[str, Any]:
    """Evaluate all accounts on every day that is owed; returns counts and what was seen."""
    from tenure.relationship.stage.moves import moves_refresh

    last = last_run(STAGE)
    work = owed(STAGE, refresh, _FACTS, panel_changed_from(last.started_at if last else None))
    began = first_run_at(STAGE)
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    if not accounts:
        return {"days": len(work.days), "rows": 0, **work.mark}
    climb = climb_back(accounts, work.days[0])
    rows = done = 0
    for days, moment in batches(work.days, began, len(accounts)):
        refresh.report(done, len(work.days))
        definition = ladder_in_force(moment)
        gathered = gather(accounts, days, definition)
        judged, climb = judge(gathered, definition, climb, provisional=work.days[-1])
        with transaction.atomic():
            rows += write_days(gathered, judged, definition.version, work.days[-1])
        done += len(days)
    with transaction.atomic():
        refresh_lists(accounts, work.days[0], work.days[-1], gathered.outlook.mean[:, -1])
        moves_refresh(work.days[-1])
    refresh.report(len(work.days), len(work.days))
    return {"days": len(work.days), "rows": rows, **work.mark}


def batches(
    days: Sequence[date], began: datetime, accounts: int
) -> Iterator[tuple[list[date], datetime]]:
    """Days that one version of the ladder covers, not too many at once, with a moment in force.

    In force is what was at the end of the day, or when the stage first ran if that was later: a
    backfill doesn't pretend that a definition was there before.
    """
    saved = versions_saved_at()
    size = max(_CELLS // accounts, 4)

    for _, group in groupby(days, key=lambda day: bisect_right(saved, in_force_at(day, began))):
        own = list(group)
        for offset in range(0, len(own), size):
            yield own[offset : offset + size], in_force_at(own[0], began)


def in_force_at(day: date, began: datetime) -> datetime:
    """The moment whose ladder a day is judged by."""
    return max(datetime.combine(day + timedelta(days=1), time(), UTC), began)
