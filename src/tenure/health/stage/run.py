"""Accounts in chunks, each written in one transaction: safe to interrupt and to run again."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from tenure.accounts.models import Account, AttributeChange
from tenure.contracts.models import SubscriptionPeriod
from tenure.core.pipeline import Refresh
from tenure.core.weekly import first_run_at, last_run, owed
from tenure.health.stage.evaluate import evaluate_chunk
from tenure.health.stage.write import write_chunk
from tenure.metrics.selectors.grid import panel_changed_from
from tenure.timeline.models import Pulse

STAGE = "health"
CHUNK = 2000
_CELLS = 250_000  # accounts × days at a time, to keep a long backfill's memory flat
_FACTS = (Account, AttributeChange, SubscriptionPeriod, Pulse)


def health_refresh(refresh: Refresh) -> dict[str, Any]:
    """Score all accounts on every day that is owed; returns counts and what was seen."""
    last = last_run(STAGE)
    changed = panel_changed_from(last.started_at if last else None)
    work = owed(STAGE, refresh, _FACTS, changed)
    began = first_run_at(STAGE)
    chunks = list(account_chunks(work.days))
    rows = 0
    for done, accounts in enumerate(chunks):
        refresh.report(done, len(chunks))
        results = evaluate_chunk(accounts, work.days, began)
        with transaction.atomic():
            rows += write_chunk(accounts, work.days, results)
    refresh.report(len(chunks), len(chunks))
    return {"days": len(work.days), "rows": rows, **work.mark}


def account_chunks(days: tuple[date, ...]) -> Iterator[list[int]]:
    """Keys of all accounts, ascending, so many at a time as the number of days allows."""
    keys = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    size = max(min(CHUNK, _CELLS // max(len(days), 1)), 50)
    for offset in range(0, len(keys), size):
        yield keys[offset : offset + size]
