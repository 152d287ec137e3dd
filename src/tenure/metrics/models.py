"""The account snapshot: what pages read instead of the panel; and the panel's manifest."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from tenure.accounts.models import Account


class AccountSnapshot(models.Model):
    """The newest value of each metric of one account, and the weeks its pages draw.

    `values`: metric key → number or null, as of `as_of`. `coverage`: source → date of its newest
    fact or null. `spark`: active people of the last twelve weeks, the last being that of `as_of`.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="snapshot")
    as_of = models.DateField()
    values: models.JSONField[Any, Any] = models.JSONField(default=dict)
    coverage: models.JSONField[Any, Any] = models.JSONField(default=dict)
    last_active_at = models.DateTimeField(null=True, db_index=True)
    active_people = models.PositiveIntegerField(null=True, db_index=True)
    spark: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()


class AccountSeries(models.Model):
    """Weekly values of every metric of one account, for its page and for past dates.

    `series`: metric key → one number or null per week from `first_week` on, trailing nulls left
    out.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="series")
    first_week = models.DateField()
    series: models.JSONField[Any, Any] = models.JSONField(default=dict)
    computed_at = models.DateTimeField()


class PanelFile(models.Model):
    """One live slice of the account-week panel: a rectangle of accounts × weeks in one file.

    Recomputed weeks go to a new file; the slices it overlaps are cut back, so slices never
    overlap and several of them may name one file.
    """

    path = models.CharField(max_length=500)
    account_min = models.BigIntegerField()
    account_max = models.BigIntegerField()
    first_week = models.DateField()
    last_week = models.DateField()
    rows = models.PositiveBigIntegerField()
    definitions = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["first_week"], condition=Q(retired_at__isnull=True), name="live_slices"
            )
        ]


class PanelState(models.Model):
    """What the panel was last computed from: at most one row.

    `marks`: fact table → what it held then, to tell later which weeks to compute again.
    """

    as_of = models.DateField()
    definitions = models.CharField(max_length=64)
    marks: models.JSONField[Any, Any] = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
