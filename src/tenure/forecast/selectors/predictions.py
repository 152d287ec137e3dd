"""What is predicted for accounts, now and as known on past days, with the reasons."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db.models import F, Max, QuerySet

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.forecast.texts import (
    Titles,
    driver_title,
    feature_title,
    metric_titles,
    reason_sentence,
)

CURRENT = timedelta(days=14)
"""Predictions come weekly or oftener; one more week for a refresh that is late."""
REPLAYED = timedelta(days=92)
"""A replay of the past stands in for a day on which there was no model yet, for a quarter."""


@dataclass(frozen=True)
class Reason:
    """A driver: `contribution` to the log-odds of churn within a year, above 0: towards churn.

    `now`, `then`: raw values of the feature that weighs most in it, today and 13 weeks before.
    `steady`: in what share of refits to resampled accounts it would be told again with the same
    sign; None where there was none.
    """

    name: str
    title: str
    feature: str
    contribution: float
    now: float | None
    then: float | None
    sentence: str
    steady: float | None


@dataclass(frozen=True)
class Lowering:
    """What would lower the risk of churn within a year, by the model: an association, no promise.

    `feature`, of the driver `name`, at `goal` in place of `now` and everything else as it is;
    `back`: where it was 13 weeks before. `chance` would be the risk, `low` to `high` at 90 %.
    """

    name: str
    title: str
    feature: str
    feature_title: str
    now: float
    goal: float
    back: bool
    chance: float
    low: float
    high: float


@dataclass(frozen=True)
class Prophecy:
    """One account's prediction. Lists have one value per month ahead, from the first on.

    Attributes:
        survival, low, high: P(still paying after m months), with its 90 % interval.
        stay, stay_low, stay_high: the same after twelve months.
        churn: 1 − stay.
        incidence: cause (contraction, expansion, client) → P(it came within m months).
        ranges: the same causes → 90 % interval of P(it comes within twelve months).
        lowers: What would lower the risk, best first; None: not worked out.
        reasons: Largest first; `others` is the sum of those not listed, `base` where they start:
            base + Σ contributions + others = logit(churn).
        signal: False: nothing beats the base rate, and it is what is shown.
        replay: Made later from what was known on the day, by a model that knew no more.
    """

    account: Account
    run: ForecastRun
    as_of: date
    survival: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    stay: float
    stay_low: float
    stay_high: float
    incidence: dict[str, tuple[float, ...]]
    ranges: dict[str, tuple[float, float]]
    lowers: tuple[Lowering, ...] | None
    reasons: tuple[Reason, ...]
    others: float
    base: float
    mrr: float | None
    value: float | None
    value_low: float | None
    value_high: float | None
    row: Prediction

    @property
    def churn(self) -> float:
        """P(churn within twelve months)."""
        return 1.0 - self.stay

    @property
    def signal(self) -> bool:
        """Whether the model beat the base rate."""
        return self.run.signal

    @property
    def replay(self) -> bool:
        """Whether it was made later."""
        return self.run.status == RunStatus.REPLAY


def prediction_current(account: Account) -> Prophecy | None:
    """The newest prediction; None when there is none within two weeks, or it pays no more."""
    rows = Prediction.objects.filter(account=account, as_of__gt=clock.today() - CURRENT)
    rows = _paying(rows)
    row = rows.exclude(run__status=RunStatus.REPLAY).select_related("run")
    newest = row.order_by("-as_of", "-pk").first()
    return None if newest is None else _prophecy(account, newest)


def prediction_on(account: Account, day: date) -> Prophecy | None:
    """The prediction that was known at the end of a day, else a replay of the quarter before."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    rows = Prediction.objects.filter(account=account, as_of__lte=day).select_related("run")
    made = rows.filter(as_of__gt=day - CURRENT, made_at__lt=end)
    row = made.exclude(run__status=RunStatus.REPLAY).order_by("-as_of", "-pk").first()
    if row is None:
        replays = rows.filter(run__status=RunStatus.REPLAY, as_of__gt=day - REPLAYED)
        row = replays.order_by("-as_of", "-pk").first()
    return None if row is None else _prophecy(account, row)


def _prophecy(account: Account, row: Prediction) -> Prophecy:
    titles = metric_titles()
    lowers = row.lowers
    return Prophecy(
        account=account,
        run=row.run,
        as_of=row.as_of,
        survival=tuple(row.survival),
        low=tuple(row.low),
        high=tuple(row.high),
        stay=row.stay,
        stay_low=row.stay_low,
        stay_high=row.stay_high,
        incidence={cause: incidence_of(row.survival, h) for cause, h in row.hazards.items()},
        ranges={cause: (low, high) for cause, (low, high) in row.ranges.items()},
        lowers=None if lowers is None else tuple(_lowering(one, titles) for one in lowers),
        reasons=tuple(_reason(driver, titles) for driver in row.drivers),
        others=row.others,
        base=row.base,
        mrr=row.mrr,
        value=row.value,
        value_low=row.value_low,
        value_high=row.value_high,
        row=row,
    )


def incidence_of(survival: list[float], hazard: list[float]) -> tuple[float, ...]:
    """P(a cause came within m months): Σ λ(m) · S(m − 1) · Π_{j<m} (1 − λ(j))."""
    rate = np.asarray(hazard, dtype=float)
    there = np.concatenate([[1.0], np.asarray(survival, dtype=float)[:-1]])
    not_yet = np.concatenate([[1.0], np.cumprod(1.0 - rate)[:-1]])
    found: list[float] = np.cumsum(rate * there * not_yet).tolist()
    return tuple(found)


def _lowering(lower: dict[str, Any], titles: Titles) -> Lowering:
    return Lowering(
        title=driver_title(lower["name"], titles),
        feature_title=feature_title(lower["feature"], titles),
        **lower,
    )


def _reason(driver: dict[str, Any], titles: Titles) -> Reason:
    return Reason(
        name=driver["name"],
        title=driver_title(driver["name"], titles),
        feature=driver["feature"],
        contribution=driver["contribution"],
        now=driver["now"],
        then=driver["then"],
        sentence=reason_sentence(driver, titles),
        steady=driver.get("steady"),
    )


@dataclass(frozen=True)
class Forecasted:
    """One account in a list. `top`: the driver that weighs most towards churn, "" if none does."""

    account: int
    as_of: date
    stay: float
    stay_low: float
    stay_high: float
    mrr: float | None
    value: float | None
    top: str

    @property
    def at_stake(self) -> float | None:
        """MRR expected to be lost within a year."""
        return None if self.mrr is None else self.mrr * (1.0 - self.stay)


def predictions_of(accounts: QuerySet[Account], day: date | None = None) -> list[Forecasted]:
    """The newest prediction of each account (as of a day), riskiest first."""
    fields = ("account_id", "as_of", "stay", "stay_low", "stay_high", "mrr", "value", "drivers")
    rows = newest_rows(accounts, day).values_list(*fields).iterator()
    found = [_forecasted(*row) for row in rows]
    return sorted(found, key=lambda one: (one.stay, one.account))


def _forecasted(*row: Any) -> Forecasted:
    *told, drivers = row
    up = [driver for driver in drivers if driver["contribution"] > 0]
    return Forecasted(*told, up[0]["name"] if up else "")  # type: ignore[call-arg]


def most_at_stake(
    accounts: QuerySet[Account], most: int, day: date | None = None
) -> list[Forecasted]:
    """The newest predictions (as of a day) with the most MRR expected to be lost, most first."""
    fields = ("account_id", "as_of", "stay", "stay_low", "stay_high", "mrr", "value", "drivers")
    stake = F("mrr") * (1.0 - F("stay"))
    rows = newest_rows(accounts, day).annotate(stake=stake).filter(stake__gt=0.0)
    first = rows.order_by("-stake", "account_id").values_list(*fields)[:most]
    return [_forecasted(*row) for row in first]


def newest_rows(accounts: QuerySet[Account], day: date | None = None) -> QuerySet[Prediction]:
    """The newest current row of each account, replays left out; now: only of those who pay."""
    on = day or clock.today()
    rows = Prediction.objects.filter(
        account__in=accounts, as_of__gt=on - CURRENT, as_of__lte=on
    ).exclude(run__status=RunStatus.REPLAY)
    rows = rows if day is not None else _paying(rows)
    newest = rows.values("account_id").annotate(row=Max("pk")).values("row")
    return Prediction.objects.filter(pk__in=newest)


def _paying(rows: QuerySet[Prediction]) -> QuerySet[Prediction]:
    """Without accounts whose payment is known to be over by now."""
    return rows.exclude(account__contract__ended_at__lte=clock.now())


def ranges_of(accounts: QuerySet[Account], cause: str) -> dict[int, tuple[float, float]]:
    """Account → 90 % interval of the chance that a cause comes within twelve months."""
    rows = newest_rows(accounts).values_list("account_id", "ranges")
    return {account: tuple(found[cause]) for account, found in rows.iterator() if cause in found}


@dataclass(frozen=True)
class Alike:
    """A past case: the account as it was on `on`. `months` until it churned, None if it stayed at
    least `followed` months.
    """

    account: int
    name: str
    on: date
    months: int | None
    followed: int


def similar_accounts(account: Account, day: date | None = None) -> list[Alike]:
    """The past cases nearest to an account in what drives it, with their fate, nearest first."""
    found = prediction_current(account) if day is None else prediction_on(account, day)
    if found is None:
        return []
    similar = found.row.similar
    keys = [case["account"] for case in similar]
    names = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name"))
    return [
        Alike(
            account=case["account"],
            name=names[case["account"]],
            on=date.fromisoformat(case["origin"]),
            months=case["months"] or None,
            followed=case["followed"],
        )
        for case in similar
        if case["account"] in names
    ]
