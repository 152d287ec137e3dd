"""A company with a past for tests: accounts on contracts, what they used, who left and why.

Accounts of the second half use less and less from half a year before they leave.
"""

from datetime import timedelta

import numpy as np

from tenure.core import clock
from tenure.forecast.models import ForecastRun
from tenure.forecast.services import forecast_definition_save, forecast_train
from tenure.health.tests.world import TODAY, account, mondays, panel, period, when

QUICK = {
    "horizons": 12,
    "history_months": 18,
    "replays": 1,
    "replay_months": 4,
    "backtest_horizon": 3,
    "learned_months": 2000,
    "features": 8,
    "resamples": 5,
}
FIRST = "2024-01-01"


def company(stay=24, leave=24, seed=1, *, monthly=True, fades=True):
    """Accounts on monthly terms since 2024; those who leave do so spread over the last year."""
    draw = np.random.default_rng(seed)
    terms = {"interval": "month"} if monthly else {"interval": "year"}
    owners, values = [], {}
    weeks = mondays(FIRST, "2025-07-14")
    for number in range(stay + leave):
        goes = number >= stay
        owner = account(f"a{number}", since=FIRST, segment=("small", "large")[number % 2])
        ended = None
        if goes:
            day = TODAY - timedelta(days=int(draw.integers(20, 360)))
            ended = day.date().isoformat()
        period(owner, started=FIRST, ended=ended, recorded_at=when(FIRST), **terms)
        owners.append(owner)
        for monday in weeks:
            left = (day.date() - monday).days / 7 if goes and fades else 99.0
            fading = min(max(left, 0.0) / 26.0, 1.0)
            values[owner, monday] = {
                "active_days": round(5.0 * fading + draw.uniform(0, 0.5), 3),
                "days_since_active": round(20.0 * (1.0 - fading) + draw.uniform(0, 2), 3),
                "active_weeks_share_26": round(fading, 3),
                "usage_vs_baseline": round(-3.0 * (1.0 - fading), 3),
                "seat_share": round(0.6 * fading, 3),
            }
    if values:
        panel(values, at=when(FIRST))
    _know_ends_late(owners)
    return owners


def _know_ends_late(owners):
    """Ends were recorded on the day they came, not from the start."""
    from tenure.contracts.models import SubscriptionPeriod

    for row in SubscriptionPeriod.objects.filter(ended_at__isnull=False):
        ended = row.ended_at
        SubscriptionPeriod.objects.filter(pk=row.pk).update(superseded_at=ended, ended_at=None)
        row.pk = None
        row.recorded_at, row.ended_at = ended, ended
        row.save()


def train(at=TODAY, **body) -> ForecastRun:
    """Train as of a moment, quickly."""
    with clock.at(at):
        forecast_definition_save(actor=None, body={**QUICK, **body})
        return forecast_train()
