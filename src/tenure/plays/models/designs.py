"""How accounts are told apart when they are drawn, kept for good with a version of a play."""

from typing import Any, ClassVar

from django.db import models

from tenure.plays.models.plays import Play


class PlayStrata(models.Model):
    """Where risk and value are cut for one version: at the first start that drew an arm.

    `risk`: rising chances to leave within a year, 0 to 1; `value`: rising MRR.
    """

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="strata")
    version = models.PositiveIntegerField()
    risk: models.JSONField[Any, Any] = models.JSONField(default=list)
    value: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["play", "version"], name="cuts_of_a_version_once")
        ]

    def __str__(self) -> str:
        return f"strata of {self.play_id} v{self.version}"
