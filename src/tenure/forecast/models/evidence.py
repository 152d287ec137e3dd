"""How good the forecasts are: backtests, the record of those made, and what gives concern."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.forecast.models.runs import ForecastRun


class BacktestResult(models.Model):
    """How well one method did for one test date, or for all together (`origin` null).

    Attributes:
        method: forecast, base_rate, health, last_seen or logistic.
        segment: Only the accounts of this segment; empty: all.
        metrics: Name → [value, low, high]; null where it cannot be said.
        bins: Calibration: [{"predicted", "observed", "rows", "low", "high"}].
        lift: [{"share", "found"}]: the share of churn found in the share of accounts looked at.
    """

    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="backtests")
    origin = models.DateField(null=True)
    method = models.CharField(max_length=20)
    cause = models.CharField(max_length=20, default="churn")
    horizon = models.PositiveSmallIntegerField()
    segment = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    metrics: models.JSONField[Any, Any] = models.JSONField(default=dict)
    bins: models.JSONField[Any, Any] = models.JSONField(default=list)
    lift: models.JSONField[Any, Any] = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.method} from {self.origin or 'all dates'}"


class TrackRecord(models.Model):
    """Predictions that can be told right or wrong by now, scored. One row per day and horizon.

    `source`: live (made at the time) or replay (made later from what was known at the time).
    `metrics`: name → [value, low, high]; `bins` as in `BacktestResult`.
    """

    as_of = models.DateField()
    source = models.CharField(max_length=10)
    horizon = models.PositiveSmallIntegerField()
    predictions = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    metrics: models.JSONField[Any, Any] = models.JSONField(default=dict)
    bins: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["as_of", "source", "horizon"], name="one_record_per_day_and_horizon"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} record of {self.horizon} months on {self.as_of}"


class HealthComparison(models.Model):
    """Hand-set health scores beside weights learned from the company's own history.

    Attributes:
        horizon: Months within which churn counts.
        auc: hand, learned, baseline → [value, low, high]; the baseline ranks by "renewal date and
            last seen". null where one class is missing.
        measures: [{"key", "hand", "learned"}]: shares of the weight, each summing to 1.
        beats: Whether the hand-set scores beat the baseline; null when it cannot be said.
    """

    run = models.OneToOneField(ForecastRun, on_delete=models.CASCADE, related_name="health")
    horizon = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    auc: models.JSONField[Any, Any] = models.JSONField(default=dict)
    measures: models.JSONField[Any, Any] = models.JSONField(default=list)
    beats = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"health of {self.run_id}"


class NoticeKind(models.TextChoices):
    STALE = "stale", _("The model is old")
    DRIFT = "drift", _("The inputs have moved")
    CALIBRATION = "calibration", _("The probabilities are off")
    NO_SIGNAL = "no_signal", _("No usable signal")
    REFUSED = "refused", _("Columns were refused")
    NOT_REPLACED = "not_replaced", _("A new model was not taken")


class ForecastNotice(models.Model):
    """Something about the forecasts that a person should know, until it is over.

    `detail` holds the numbers of its sentence (see `texts.notice_sentence`).
    """

    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    run = models.ForeignKey(ForecastRun, null=True, on_delete=models.CASCADE)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(over_at__isnull=True), name="one_open_notice_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.raised_at:%Y-%m-%d}"
