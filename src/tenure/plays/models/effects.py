"""What a play did, as it was known on each day it was looked at. Append-only."""

from typing import Any, ClassVar

from django.db import models

from tenure.plays.models.plays import Play


class PlayEffect(models.Model):
    """One look at one endpoint of one version of a play.

    Attributes:
        endpoint: retention, mrr, health or usage, read `days` after an account started.
        on: The day of the look; looks of one sequence have rising days.
        treated, held_out: Accounts: [entered, too young, not known, measured].
        raw, adjusted: [value, low, high, error, mean of the treated, mean of the held out], play
            less held out; empty below the floor. Of retention a share, of MRR reporting currency a
            month, of health points, of usage active people a week.
        worth: The least difference worth knowing, in the same unit; null: not said.
        reduction: Share of the variance that adjusting saved.
        p, assigned_p, measured_p: Always-valid p-values, the smallest so far.
        expected: Held-out accounts that the logged chances lead to expect.
        more: About how many more accounts an answer takes; null: not to be told.
    """

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="effects")
    version = models.PositiveIntegerField()
    endpoint = models.CharField(max_length=10)
    days = models.PositiveSmallIntegerField()
    on = models.DateField()
    treated: models.JSONField[Any, Any] = models.JSONField()
    held_out: models.JSONField[Any, Any] = models.JSONField()
    raw: models.JSONField[Any, Any] = models.JSONField(default=list)
    adjusted: models.JSONField[Any, Any] = models.JSONField(default=list)
    covariates = models.PositiveSmallIntegerField(default=0)
    worth = models.FloatField(null=True)
    reduction = models.FloatField(null=True)
    p = models.FloatField()
    assigned_p = models.FloatField()
    measured_p = models.FloatField()
    expected = models.FloatField()
    verdict = models.CharField(max_length=24)
    negligible = models.BooleanField(default=False)
    more = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["play", "version", "endpoint", "days", "on"], name="one_look_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.play_id} v{self.version} {self.endpoint} {self.days}: {self.verdict}"
