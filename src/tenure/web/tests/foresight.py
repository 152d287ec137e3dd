"""Runs and predictions for tests and the benchmark, with numbers that hold together."""

import random
from datetime import timedelta
from decimal import Decimal
from math import exp, log

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.forecast.models import Call, ForecastRun, Prediction, RenewalCall, RunStatus
from tenure.web.models import Renewal
from tenure.web.renewals.stage import renewals_refresh

BASE = -2.0
DRIVERS = (
    ("use", "active_people", 0.8, 5.0, 14.0),
    ("contract", "term", -0.3, 12.0, 12.0),
    ("support", "support_open", 0.2, 3.0, 0.0),
)
LOWERS = [
    {"name": "use", "feature": "active_people", "now": 5.0, "goal": 14.0, "back": True,
     "chance": 0.19, "low": 0.12, "high": 0.28},
    {"name": "support", "feature": "support_open", "now": 3.0, "goal": 1.0, "back": False,
     "chance": 0.21, "low": 0.14, "high": 0.3},
]  # fmt: skip


def run_make(**values) -> ForecastRun:
    """A live run that beats the base rate."""
    found = ForecastRun.objects.filter(status=RunStatus.LIVE).first()
    if found is not None and not values:
        return found
    values = {
        "status": RunStatus.LIVE,
        "signal": True,
        "chosen": "ridge",
        "accounts": 412,
        **values,
    }
    return ForecastRun.objects.create(
        started_at=clock.now(), as_of=clock.today() - timedelta(days=3), code_version="1", **values
    )


def risk_of(drivers=DRIVERS, others=0.1) -> float:
    """The chance of leaving within a year that the drivers add up to."""
    return 1 / (1 + exp(-(BASE + others + sum(d[2] for d in drivers))))


def prediction_of(account, run, *, drivers=DRIVERS, others=0.1, day=None, **values) -> Prediction:
    """An unsaved prediction: a steady hazard whose year is what the drivers add up to."""
    month = (1 - risk_of(drivers, others)) ** (1 / 12)
    survival = [month**m for m in range(1, 25)]
    told = [
        {"name": name, "feature": feature, "contribution": part, "now": now, "then": then,
         "steady": 0.95 if abs(part) > 0.25 else 0.4}
        for name, feature, part, now, then in drivers
    ]  # fmt: skip
    values = {
        "survival": survival, "low": [s**1.5 for s in survival], "high": [s**0.5 for s in survival],
        "stay": survival[11], "stay_low": survival[11] ** 1.5, "stay_high": survival[11] ** 0.5,
        "hazards": {"contraction": [0.01] * 24, "expansion": [0.02] * 24, "client": [0.03] * 24},
        "ranges": {"contraction": [0.05, 0.2], "expansion": [0.1, 0.3], "client": [0.12, 0.4]},
        "lowers": LOWERS, "mrr": 1000.0, "value": 18000.0, "value_low": 9000.0,
        "value_high": 24000.0, **values,
    }  # fmt: skip
    return Prediction(
        run=run, account=account, as_of=day or clock.today(), made_at=clock.now(), drivers=told,
        others=others, base=BASE, **values,
    )  # fmt: skip


def prediction_make(account, **values) -> Prediction:
    """A stored prediction by the live run."""
    run = values.pop("run", None) or run_make()
    found = prediction_of(account, run, **values)
    found.save()
    return found


def log_odds(chance) -> float:
    return log(chance / (1 - chance))


def foresight_make(accounts, *, seed=1) -> None:
    """A current prediction of every account, each with its own chances."""
    dice = random.Random(seed)
    live = ForecastRun.objects.filter(status=RunStatus.LIVE).first()
    run = live or run_make(parameters={"cuts": [0.1, 0.2, 0.4], "raises": [0.1, 0.25, 0.5]})
    rows = []
    for account in accounts:
        drivers = [
            (name, feature, round(part + dice.gauss(0, 0.7), 5), now, then)
            for name, feature, part, now, then in DRIVERS
        ]
        similar = [
            {"account": other.pk, "origin": "2025-03-01", "months": dice.choice((0, 0, 5, 14)),
             "followed": 15}
            for other in dice.sample(accounts, min(5, len(accounts))) if other.pk != account.pk
        ]  # fmt: skip
        rows.append(prediction_of(account, run, drivers=drivers, similar=similar))
    Prediction.objects.bulk_create(rows, batch_size=500)


def renewals_make(accounts, *, author=None, seed=1) -> None:
    """What the page Renewals reads, made by its own stage; and a call on some of them."""
    dice = random.Random(seed)
    foresight_make(accounts, seed=seed)
    renewals_refresh(Refresh(clock.today()))
    open_ones = Renewal.objects.filter(monthly=False, after=None).order_by("pk")
    RenewalCall.objects.bulk_create(
        RenewalCall(
            account_id=row.account_id, renews_on=row.renews_on, call=dice.choice(Call.values),
            amount=dice.choice((None, Decimal(100))), author=author, made_at=clock.now(),
        )
        for row in open_ones
        if dice.random() < 0.2
    )  # fmt: skip
