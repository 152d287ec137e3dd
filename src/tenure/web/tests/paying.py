"""Histories of payment for many accounts, deterministic for a seed; and the books made of them."""

import random
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from tenure.contracts.models import Cost, SubscriptionPeriod
from tenure.core import clock, pipeline
from tenure.relationship.models import LevelChange
from tenure.web.tests.factories import CHUNK, ago, plans_make

MONTHS = 40


def paid_make(accounts, *, seed=1) -> None:
    """Each account starts some time, changes its terms now and then, and perhaps ends."""
    dice, plans = random.Random(seed), plans_make()
    rows = [row for account in accounts for row in _history(account, plans, dice)]
    SubscriptionPeriod.objects.bulk_create(rows, batch_size=CHUNK)
    LevelChange.objects.bulk_create(
        (change for account in accounts for change in _levels(account, dice)), batch_size=CHUNK
    )


def _history(account, plans, dice) -> list[SubscriptionPeriod]:
    tier, yearly = dice.randrange(3), dice.random() < 0.6
    begin = dice.randrange(1, MONTHS * 30)
    length = min(begin, dice.expovariate(1 / (500 * (tier + 1))) if dice.random() < 0.7 else begin)
    cuts = sorted(dice.uniform(0, length) for _change in range(dice.randrange(5)))
    edges = [0.0, *cuts, length]
    left = length < begin
    return [
        SubscriptionPeriod(
            external_id=f"{account.external_id}-paid", account=account, plan=plans[tier],
            mrr=Decimal(dice.randrange(20, 200) * (tier + 1)), currency="EUR",
            seats=dice.randrange(3, 60), interval="year" if yearly else "month",
            term_months=12 if yearly else 1, started_at=ago(begin - start),
            ended_at=ago(begin - end) if left and end == length else None,
            recorded_at=ago(begin - start),
        )
        for start, end in pairwise(edges)
    ]  # fmt: skip


def _levels(account, dice) -> list[LevelChange]:
    days = sorted(dice.sample(range(1, 600), 2), reverse=True)
    return [
        LevelChange(
            account=account, as_of=ago(day).date(), old=old, new=new, recorded_at=ago(day)
        )
        for day, old, new in zip(days, ("", "customer"), ("customer", "client"), strict=True)
    ]  # fmt: skip


def costs_make(months=14, acquisition=9000, retention=2000) -> None:
    """Costs of the newest months, the running one included."""
    month = clock.today().replace(day=1)
    for _month in range(months):
        Cost.objects.create(
            month=month, acquisition=acquisition, retention=retention, recorded_at=clock.now()
        )
        month = (month - timedelta(days=1)).replace(day=1)


def books_make() -> None:
    """Run the stage that keeps the books."""
    pipeline.run(only=["retention"])
