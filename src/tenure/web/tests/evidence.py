"""Runs, backtests and the record as rows, for tests, the benchmark and page development."""

import random
from datetime import date, timedelta

from tenure.core import clock
from tenure.forecast.models import (
    BacktestResult,
    CalibrationTrend,
    CurrentForecast,
    FeatureDrift,
    ForecastNotice,
    ForecastRun,
    HealthComparison,
    RunStatus,
    TrackRecord,
)
from tenure.relationship.models import HiddenModel, HiddenState, Level, LevelChange, Standing
from tenure.relationship.stage.moves import moves_refresh
from tenure.web.tests.factories import ago

METHODS = {
    "forecast": (0.78, 0.212),
    "logistic": (0.75, 0.221),
    "health": (0.66, 0.244),
    "last_seen": (0.61, 0.249),
    "base_rate": (0.5, 0.262),
}
REPORT = {
    "churn": {
        "chosen": "ridge", "signal": True, "weights": {"ridge": 1.0}, "rows": 12_000,
        "accounts": 600, "events": 212, "notes": ["Three months say little."],
        "slope_before": 0.88, "slope_after": 1.0,
        "candidates": [
            {"name": "base rate", "loss": 0.081, "gain": 0.0, "gain_error": 0.0},
            {"name": "ridge", "loss": 0.072, "gain": 0.009, "gain_error": 0.002},
        ],
    },
    "client": {
        "chosen": "prior", "signal": False, "weights": {}, "rows": 0, "accounts": 0, "events": 0,
        "notes": [], "slope_before": None, "slope_after": None, "candidates": [],
    },
}  # fmt: skip


def run_make(*, status=RunStatus.LIVE, signal=True, **values) -> ForecastRun:
    """A training of half a year ago at the latest test date."""
    given = {
        "started_at": ago(9),
        "ended_at": ago(9) + timedelta(seconds=41),
        "as_of": ago(9).date(),
        "first_origin": ago(900).date(),
        "last_origin": ago(40).date(),
        "rows": 12_000,
        "accounts": 600,
        "events": {"client": 140, "churn": 212},
        "features": ["usage_trend", "health.change_3", "segment=SMB", "invoices_overdue"],
        "parameters": {
            "definition": {"backtest_horizon": 6, "capacity_share": 0.1, "stale_days": 60},
            "settings": {"folds": 5, "threads": 2},
            "plan": {},
            "cuts": [0.2],
            "raises": [0.3],
            "shares": {},
        },
        "libraries": {"numpy": "2.4"},
        "code_version": "0.2.0",
        "digest": "ab" * 32,
        "chosen": "ridge" if signal else "base rate",
        "signal": signal,
        "report": REPORT,
        "metrics": {"forecast": {"rows": 1840, "events": 126, **metrics(0.78, 0.212)}},
        "status": status,
        "reason": "The first model.",
        "decided_at": ago(9),
    }
    return ForecastRun.objects.create(**{**given, **values})


def metrics(area, loss):
    """What a backtest says of one method."""
    spread = 0.0 if area == 0.5 else 0.04
    return {
        "auc": [area, round(area - spread, 3), round(area + spread, 3)],
        "log_loss": [loss, round(loss - 0.012, 4), round(loss + 0.012, 4)],
        "brier": [loss / 4, loss / 4 - 0.003, loss / 4 + 0.003],
        "slope": None if area == 0.5 else [0.94, 0.8, 1.1],
        "predicted": [0.07, None, None],
        "actual": [0.068, None, None],
        "found": [round(area / 2.5, 3), round(area / 3, 3), round(area / 2, 3)],
    }


def bins():
    """Ten groups by predicted risk."""
    shares = [0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.11, 0.16, 0.24, 0.41]
    return [
        {
            "predicted": p, "observed": round(p * 0.95 + 0.004, 4), "rows": 240,
            "low": round(p * 0.7, 4), "high": round(min(1.0, p * 1.25 + 0.02), 4),
        }
        for p in shares
    ]  # fmt: skip


def lift(area):
    """Found among the riskiest, better the larger the area."""
    power = 1.0 / (1.0 - area) - 1.0
    return [
        {"share": s, "found": round(1 - (1 - s) ** power, 4)}
        for s in (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
    ]


def origins(count=4) -> list[date]:
    """Test dates three months apart, oldest first."""
    return [(ago(200 + 91 * i)).date() for i in range(count)][::-1]


def backtest_make(run, *, segments=("Enterprise", "Small business")) -> None:
    """Every method over all test dates for three horizons; dates and segments for the main one."""
    rows = []
    for method, (area, loss) in METHODS.items():
        shared = {"run": run, "method": method}
        dated = origins() if method != "last_seen" else []
        rows += [
            BacktestResult(
                **shared, horizon=6, origin=day, rows=400 + 40 * i, events=30 + i,
                metrics=metrics(area - 0.01 * i, loss + 0.004 * i),
            )
            for i, day in enumerate(dated)
        ]  # fmt: skip
        for horizon in (3, 6, 12):
            told = metrics(area, round(loss * horizon / 6, 4))
            if method == "forecast":
                told |= {"lead_months": [4.0, 2.0, 5.0], "uno_c": [area - 0.02, None, None]}
            else:
                gap = round(loss - 0.212, 4)
                told["worse_by"] = [gap, round(gap - 0.008, 4), round(gap + 0.008, 4)]
            rows.append(
                BacktestResult(
                    **shared, horizon=horizon, origin=None, rows=1840, events=21 * horizon,
                    metrics=told, bins=bins() if method == "forecast" else [], lift=lift(area),
                )
            )  # fmt: skip
    rows += [
        BacktestResult(
            run=run, method=method, horizon=6, origin=None, segment=name, rows=900 - 100 * i,
            events=60 - i, metrics=metrics(area - 0.03 * i, 0.22), lift=lift(area),
            bins=bins() if method == "forecast" else [],
        )
        for i, name in enumerate(segments)
        for method, area in (("forecast", 0.76), ("health", 0.66), ("base_rate", 0.5))
    ]  # fmt: skip
    BacktestResult.objects.bulk_create(rows)


def causes_make(run, *, contractions=7) -> None:
    """Results of the other causes: growth as often as churn, hardly a contraction, no client."""
    rows = []
    for cause, events in (("expansion", 150), ("contraction", contractions)):
        for method in ("forecast", "logistic", "base_rate"):
            area, loss = METHODS[method]
            told = metrics(area - 0.05, loss + 0.1)
            if method != "forecast":
                told["worse_by"] = [0.01, -0.002, 0.022]
            shared = {"run": run, "cause": cause, "method": method, "rows": 1840, "events": events}
            rows += [
                BacktestResult(
                    **shared, horizon=horizon, origin=None, metrics=told, lift=lift(area),
                    bins=bins() if method == "forecast" else [],
                )
                for horizon in (3, 6)
            ]  # fmt: skip
            rows.append(BacktestResult(**shared, horizon=6, origin=origins()[0], metrics=told))
            rows.append(BacktestResult(**shared, horizon=6, segment="Retail", metrics=told))
    BacktestResult.objects.bulk_create(rows)


def trend_make(source="live", *, drifts=False, months=9) -> CalibrationTrend:
    """Observed over predicted churn of some months; without a trend where they are too few."""
    slope = [0.14, 0.08, 0.2, 0.00002] if drifts else [0.01, -0.05, 0.07, 0.74]
    trend = dict(zip(("slope", "low", "high", "p"), slope, strict=True))
    trend |= {"level": 0.02, "level_p": 0.6, "ratio": 0.98, "dispersion": 1.0}
    trend |= {"drifts": drifts, "off": False}
    days = [(ago(40 + 30 * n)).date() for n in range(months)][::-1]
    return CalibrationTrend.objects.create(
        as_of=ago(0).date(), source=source, trend=trend if months > 5 else {},
        months=[
            {"month": f"{day:%Y-%m}", "rows": 400, "expected": 7.4, "events": 6 + n % 3}
            for n, day in enumerate(days)
        ],
        computed_at=clock.now(),
    )  # fmt: skip


def moved_make(run) -> FeatureDrift:
    """One input that has moved, one that has a little, two that stand still."""
    told = ((0.41, 0.06), (0.09, 0.06), (0.03, 0.06), (0.01, 0.06))
    return FeatureDrift.objects.create(
        run=run, as_of=ago(1).date(), rows=420, computed_at=clock.now(),
        features=[
            {"feature": name, "index": index, "chance": chance, "unknown_then": 0.02,
             "unknown_now": 0.05}
            for name, (index, chance) in zip(run.features, told, strict=True)
        ],
    )  # fmt: skip


def foresights_make(run, accounts, seed=1) -> None:
    """What lists show of the newest predictions."""
    dice = random.Random(seed)
    CurrentForecast.objects.bulk_create(
        CurrentForecast(
            account=account, run=run, as_of=ago(0).date(), horizon=6,
            churn=(risk := round(dice.random() ** 3, 4)), low=risk * 0.7, high=min(1.0, risk * 1.3),
        )
        for account in accounts
    )  # fmt: skip


def comparison_make(run, *, beats=False) -> HealthComparison:
    """The scorecard beside learned weights and renewal date and last seen."""
    return HealthComparison.objects.create(
        run=run,
        horizon=6,
        rows=2400,
        events=130,
        auc={
            "hand": [0.66, 0.6, 0.72] if beats else [0.6, 0.54, 0.66],
            "learned": [0.71, 0.66, 0.76],
            "baseline": [0.61, 0.55, 0.67],
        },
        measures=[
            {"key": "active_people", "hand": 0.5, "learned": 0.2},
            {"key": "usage_trend", "hand": 0.3, "learned": 0.8},
            {"key": "pulse", "hand": 0.2, "learned": None},
        ],
        beats=beats,
    )


def record_make(source="live", *, days=(0, 30), horizons=(1, 3, 6)) -> None:
    """Predictions as they stood scored on some days, by horizon."""
    TrackRecord.objects.bulk_create(
        TrackRecord(
            as_of=ago(n).date(), source=source, horizon=h, predictions=2400 - 100 * h - n,
            events=21 * h, metrics=metrics(0.74 + h / 200, 0.16), bins=bins(),
            computed_at=clock.now(),
        )
        for n in days
        for h in horizons
    )  # fmt: skip


def notice_make(kind, run=None, **detail) -> ForecastNotice:
    """An open notice."""
    return ForecastNotice.objects.create(kind=kind, run=run, detail=detail, raised_at=ago(3))


NEXT = {
    "": ("prospect",),
    "prospect": ("customer",),
    "customer": ("client", "client", "former"),
    "client": ("advocate", "customer", "former"),
    "advocate": ("client",),
    "former": ("customer",),
}


def levels_make(accounts, seed=1) -> None:
    """A history of levels for each account, and the monthly moves fitted to it."""
    dice, rows = random.Random(seed), []
    for account in accounts:
        level, days = "", dice.randrange(200, 900)
        while days > 0:
            old, level = level, dice.choice(NEXT[level])
            day = ago(days).date()
            rows.append(
                LevelChange(
                    account=account, as_of=day, old=old, new=level, recorded_at=ago(days)
                )
            )  # fmt: skip
            days -= dice.randrange(60, 500)
    LevelChange.objects.bulk_create(rows, batch_size=2000)
    moves_refresh(clock.today())


def chances_make(seed=1) -> None:
    """A forecast chance of becoming a client for every customer."""
    dice, rows = random.Random(seed), []
    for standing in Standing.objects.filter(level=Level.CUSTOMER):
        year = round(dice.random() ** 3, 4)
        standing.client_chances = [round(year * part, 4) for part in (0.3, 0.55, 0.8, 1.0)]
        standing.client_within_year = year
        rows.append(standing)
    fields = ["client_chances", "client_within_year"]
    Standing.objects.bulk_update(rows, fields, batch_size=500)


def opinion_make(account, chances=(0.1, 0.2, 0.7), days=3) -> HiddenState:
    """A reading of one account by a hidden Markov model, and the model."""
    model = HiddenModel.objects.create(
        as_of=ago(20).date(), states=len(chances), measures=["seat_share", "heard"], accounts=320,
        means=[[0.2, 0.5, 0.8][: len(chances)], [0.1, 0.4, 0.9][: len(chances)]],
        fitted_at=clock.now(),
    )  # fmt: skip
    return HiddenState.objects.create(
        account=account, model=model, as_of=ago(days).date(), chances=list(chances),
        computed_at=clock.now(),
    )  # fmt: skip


def evidence_make() -> ForecastRun:
    """Everything that the page Models shows."""
    run_make(
        status=RunStatus.RETIRED,
        reason="Made by a training to show the past.",
        as_of=ago(60).date(),
    )
    run = run_make()
    backtest_make(run)
    causes_make(run)
    comparison_make(run)
    trend_make()
    moved_make(run)
    record_make("live")
    record_make("replay", days=(0,), horizons=(3, 6, 12))
    return run
