"""The account snapshot: what pages read instead of the panel."""

from typing import Any

from django.db import models

from tenure.accounts.models import Account


class AccountSnapshot(models.Model):
    """The newest value of each metric of one account, and the weeks its pages draw.

    `values`: metric key → number or null, as of `as_of`. `coverage`: source → date of its newest
    fact or null. `series`: metric key → weekly numbers, the last belonging to the week of `as_of`.
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
    """Weekly values of every metric of one account, for its page and for past dates."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="series")
    first_week = models.DateField()
    series: models.JSONField[Any, Any] = models.JSONField(default=dict)
    computed_at = models.DateTimeField()


class PanelFile(models.Model):
    """One live file of the account-week panel: an account range × a year of weeks."""

    path = models.CharField(max_length=500, unique=True)
    account_min = models.BigIntegerField()
    account_max = models.BigIntegerField()
    first_week = models.DateField()
    last_week = models.DateField()
    rows = models.PositiveBigIntegerField()
    definitions = models.CharField(max_length=64)
    written_at = models.DateTimeField()
