"""Training runs and the models they made."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    CANDIDATE = "candidate", _("candidate")
    LIVE = "live", _("live")
    RETIRED = "retired", _("retired")
    REPLAY = "replay", _("replay of the past")


class ForecastRun(models.Model):
    """One training of a model. Append-only: only its status and what decided it change.

    A replay was trained on what was known on a past day, `as_of`, and predicts from there: it
    shows what Tenure would have said, and never becomes live.

    Attributes:
        as_of: What was known by the end of this day was used.
        first_origin, last_origin: The test dates of the panel.
        rows, accounts: Size of the panel; `events`: cause → rows in which it came within a year.
        features: The names that the model was given, in order.
        refused: Columns that were left out: [{"column", "reason", "proof"}].
        parameters: Settings of panel and model, with what is needed to encode attributes again.
        digest: SHA-256 over the panel: the same digest, seed and libraries give the same model.
        chosen: What kind of model won; `signal`: whether it beat the base rate.
        report: What the fit said of its candidates. `metrics`: the pooled backtest, in short.
        reason: Why the status is what it is.
    """

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    as_of = models.DateField()
    first_origin = models.DateField(null=True)
    last_origin = models.DateField(null=True)
    rows = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    events: models.JSONField[Any, Any] = models.JSONField(default=dict)
    features: models.JSONField[Any, Any] = models.JSONField(default=list)
    refused: models.JSONField[Any, Any] = models.JSONField(default=list)
    parameters: models.JSONField[Any, Any] = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    code_version = models.CharField(max_length=100)
    libraries: models.JSONField[Any, Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    chosen = models.CharField(max_length=40, blank=True)
    signal = models.BooleanField(default=False)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)
    metrics: models.JSONField[Any, Any] = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=RunStatus.choices, default=RunStatus.CANDIDATE, db_index=True
    )
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="live"), name="one_live_run"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} as of {self.as_of}"


class StoredModel(models.Model):
    """The bytes of a run's model, from which its predictions can be made again.

    `cases`: past rows with what drove them and what became of them, to find similar ones.
    """

    run = models.OneToOneField(ForecastRun, on_delete=models.CASCADE, related_name="stored")
    content = models.BinaryField()
    cases = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return f"model of {self.run_id}"
