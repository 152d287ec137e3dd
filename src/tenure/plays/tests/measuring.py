"""Accounts with contracts and scores around one day, and the stage that looks at effects."""

from datetime import UTC, datetime, timedelta

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.health.models import Score
from tenure.plays.effects.stage import effects_refresh

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def plan_make():
    """The plan that accounts of these tests pay for."""
    return Plan.objects.create(external_id="p", name="P", tier=1, recorded_at=START)


def paying(plan, name, left=None, mrr=100, steps=()):
    """An account that pays from long before the start until `left` days after it."""
    account = Account.objects.create(external_id=name, name=name, recorded_at=START)
    starts = [(-400, mrr), *steps]
    for day, amount in starts:
        last = (day, amount) == starts[-1]
        SubscriptionPeriod.objects.create(
            external_id=f"s-{name}", account=account, plan=plan, mrr=amount, currency="EUR",
            started_at=START + day * DAY, recorded_at=START + day * DAY,
            ended_at=START + left * DAY if last and left is not None else None,
        )  # fmt: skip
    return account


def on(day):
    """That many days after the start."""
    return clock.at(START + day * DAY)


def refreshed(day):
    """What the stage does on a day."""
    with on(day):
        return effects_refresh(Refresh(clock.today()))


def scored(account, day, value):
    """A health score of that day."""
    Score.objects.create(
        account=account, as_of=(START + day * DAY).date(), value=value, band="good", coverage=1.0,
        scorecard="standard", scorecard_version=1, computed_at=START + day * DAY,
    )  # fmt: skip
