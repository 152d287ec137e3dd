"""Whether forecasts and their inputs drift: as it stood on each day it was looked at."""

from typing import Any, ClassVar

from django.db import models

from tenure.forecast.models.runs import ForecastRun


class CalibrationTrend(models.Model):
    """Observed over predicted churn by month, and whether it moves; a row per day and source.

    Attributes:
        source: live (made at the time) or replay (made later from what was known at the time).
        months: [{"month": "2026-05", "rows", "expected", "events"}], oldest first.
        trend: slope, low, high, p, level, level_p, ratio, dispersion, drifts and off of
            `tenure.engine.scoring.Trend`; empty with too few months or events.
    """

    as_of = models.DateField()
    source = models.CharField(max_length=10)
    months: models.JSONField[Any, Any] = models.JSONField(default=list)
    trend: models.JSONField[Any, Any] = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["as_of", "source"], name="one_trend_per_day_and_source")
        ]

    def __str__(self) -> str:
        return f"{self.source} trend on {self.as_of}"


class FeatureDrift(models.Model):
    """How far the inputs of a run's model have moved since its training, on a day.

    Attributes:
        rows: Accounts that were predicted on the day.
        features: [{"feature", "index", "chance", "unknown_then", "unknown_now"}], the most moved
            first. `index` is the population stability index, `chance` what it stays below by
            chance alone; the last two are shares of rows without a value.
    """

    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="drifts")
    as_of = models.DateField()
    rows = models.PositiveIntegerField()
    features: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["run", "as_of"], name="one_feature_drift_per_run_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"inputs of {self.run_id} on {self.as_of}"
