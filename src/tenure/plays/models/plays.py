"""What is kept of a play beside its definition: which version is on, and how far it has looked."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core.models import User


class Play(models.Model):
    """A play that was ever saved or switched on. What it says is its `DefinitionVersion`.

    Attributes:
        running: The version that accounts enter now; null: switched off. A newer version is saved
            beside it and takes over only when it is switched on itself.
        looked: Up to when, and up to which rows, its trigger has been looked at; by name.
    """

    key = models.CharField(max_length=80, unique=True)
    running = models.PositiveIntegerField(null=True, blank=True)
    switched_at = models.DateTimeField(null=True, blank=True)
    switched_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    looked: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(running__isnull=True) | Q(running__gt=0), name="runs_a_saved_version"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Met(models.Model):
    """An account that meets a play's rule now, so that only a change of it is a trigger."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="met")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["play", "account"], name="meets_a_play_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} meets {self.play_id}"


class PlayCount(models.Model):
    """How often something happened to a play on a day; what was held back is counted, not lost."""

    class What(models.TextChoices):
        MET = "met", _("met the trigger")
        STARTED = "started", _("started")
        HELD_OUT = "held_out", _("held out")
        AGAIN = "again", _("had it too recently")
        RUNNING = "running", _("has it already")
        DAY_FULL = "day_full", _("the day's number was reached")
        OTHER_PLAY = "other_play", _("another play went first")
        QUIET = "quiet", _("is not to be disturbed")
        OUTSIDE = "outside", _("not in the audience")
        EXPIRED = "expired", _("waited too long")

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    what = models.CharField(max_length=12, choices=What.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["play", "day", "what"], name="one_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.play_id} {self.what} on {self.day}: {self.count}"
