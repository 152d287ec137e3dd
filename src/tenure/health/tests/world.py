"""A small company for tests: accounts on subscriptions, and a panel written by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock, pipeline
from tenure.metrics.compile.span import week_index, week_monday
from tenure.metrics.models import PanelFile
from tenure.metrics.panel import files

TODAY = datetime(2025, 7, 16, 12, tzinfo=UTC)  # a Wednesday
WEEK = timedelta(days=7)


def when(text, hour=9):
    """A moment on a day given as 2025-07-16."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(
        hours=hour
    )


def account(name="acme", since="2024-01-01", **attributes):
    moment = when(since)
    return Account.objects.create(
        external_id=name, name=name.title(), created_at=moment, recorded_at=moment, **attributes
    )


def plan(name="pro", tier=2, *, top=False):
    row, _ = Plan.objects.get_or_create(
        external_id=name,
        defaults={
            "name": name,
            "tier": tier,
            "is_top_tier": top,
            "recorded_at": when("2020-01-01"),
        },
    )
    return row


def period(owner, started="2024-01-01", ended=None, **terms):
    given = {
        "external_id": f"sub-{owner.external_id}",
        "plan": terms.pop("plan", None) or plan(),
        "mrr": Decimal(100),
        "currency": "EUR",
        "seats": 10,
        "interval": "year",
        "recorded_at": when(started),
    }
    return SubscriptionPeriod.objects.create(
        account=owner,
        started_at=when(started),
        ended_at=when(ended) if ended else None,
        **{**given, **terms},
    )


def panel(values, at=None):
    """Write panel rows: {(account, Monday): {metric: value}}, as new slices over what was there."""
    metrics = sorted({name for row in values.values() for name in row})
    keys = sorted((owner.pk, week_index(monday)) for owner, monday in values)
    by_key = {(owner.pk, week_index(monday)): row for (owner, monday), row in values.items()}
    table = pa.table(
        {
            "account_id": pa.array([k[0] for k in keys], pa.int64()),
            "week": pa.array([k[1] for k in keys], pa.int64()),
            **{m: pa.array([by_key[k].get(m) for k in keys], pa.float64()) for m in metrics},
        }
    )
    weeks = sorted({k[1] for k in keys})
    moment = at or clock.now()
    PanelFile.objects.update(retired_at=moment)
    PanelFile.objects.create(
        path=files.write(table, 2025),
        account_min=keys[0][0],
        account_max=keys[-1][0],
        first_week=week_monday(weeks[0]),
        last_week=week_monday(weeks[-1]),
        rows=len(keys),
        definitions="test",
        written_at=moment,
    )


def mondays(first, last):
    start, stop = date.fromisoformat(first), date.fromisoformat(last)
    return [start + WEEK * i for i in range((stop - start).days // 7 + 1)]


def steady(owners, first="2024-01-01", last="2025-07-14", **values):
    """The same values every week for each account."""
    return {(owner, monday): dict(values) for owner in owners for monday in mondays(first, last)}


def refresh(*stages, at=TODAY, since=None):
    with clock.at(at):
        return pipeline.run(only=stages, since=since)
