"""Scores, kept for every evaluation, and the rows written when an account changes its band."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account


class Band(models.TextChoices):
    GOOD = "good", _("good")
    FAIR = "fair", _("fair")
    POOR = "poor", _("poor")
    UNKNOWN = "unknown", _("unknown")


class Score(models.Model):
    """One evaluation of one account, as of a day. Append-only.

    `measures` holds for each measure [key, raw value, points 0–100 or null, share of the whole
    scorecard]; `selectors.explain` makes effective weights and contributions of them, which sum
    to `value`. A day evaluated again has several rows: the one with the highest key is the newest.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="scores")
    as_of = models.DateField()
    value = models.FloatField(null=True)
    band = models.CharField(max_length=10, choices=Band.choices)
    coverage = models.FloatField()
    scorecard = models.CharField(max_length=80)
    scorecard_version = models.PositiveIntegerField()
    measures: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-as_of", "-id"])]

    def __str__(self) -> str:
        return f"{self.band} on {self.as_of}"


class CurrentHealth(models.Model):
    """The newest score of an account, for lists."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="health")
    score = models.ForeignKey(Score, on_delete=models.CASCADE)
    value = models.FloatField(null=True, db_index=True)
    band = models.CharField(max_length=10, choices=Band.choices, db_index=True)
    coverage = models.FloatField()
    change_30d = models.FloatField(null=True)
    as_of = models.DateField()

    def __str__(self) -> str:
        return f"{self.band} on {self.as_of}"


class BandChange(models.Model):
    """An account's health went from one band to another."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="band_changes")
    as_of = models.DateField()
    old = models.CharField(max_length=10, choices=Band.choices)
    new = models.CharField(max_length=10, choices=Band.choices)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.old} to {self.new} on {self.as_of}"
