"""Plans and tiers, subscription periods, invoices, costs; and each account's current contract."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core.models import RecordedFact

MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 4}


class Interval(models.TextChoices):
    MONTH = "month", _("monthly")
    YEAR = "year", _("yearly")


class Plan(models.Model):
    external_id = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    tier = models.PositiveSmallIntegerField()
    interval = models.CharField(max_length=5, choices=Interval.choices, blank=True)
    list_price = models.DecimalField(null=True, blank=True, **MONEY)
    currency = models.CharField(max_length=3, blank=True)
    is_top_tier = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SubscriptionPeriod(RecordedFact):
    """A period of unchanged terms. `external_id` names the subscription, not the period.

    A period ends at `ended_at`, or where the subscription's next period starts.
    """

    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="periods")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="periods")
    mrr = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    seats = models.PositiveIntegerField(null=True, blank=True)
    interval = models.CharField(max_length=5, choices=Interval.choices, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    renews_at = models.DateTimeField(null=True, blank=True)
    auto_renew = models.BooleanField(null=True, blank=True)
    is_trial = models.BooleanField(default=False)
    cancel_notified_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["external_id", "started_at"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_period",
            )
        ]


class Invoice(RecordedFact):
    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invoices")
    amount = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["external_id"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_invoice",
            )
        ]


class Cost(RecordedFact):
    """What a month's acquisition and retention work cost, in the reporting currency."""

    month = models.DateField()
    acquisition = models.DecimalField(null=True, blank=True, **MONEY)
    retention = models.DecimalField(null=True, blank=True, **MONEY)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(superseded_at__isnull=True), name="one_current_cost"
            )
        ]


class ContractState(models.Model):
    """The current contract of one account, derived from its periods by the refresh."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="contract")
    as_of = models.DateTimeField()
    mrr = models.DecimalField(null=True, blank=True, db_index=True, **MONEY)
    unconverted = models.CharField(max_length=100, blank=True)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.SET_NULL)
    tier = models.PositiveSmallIntegerField(null=True, db_index=True)
    seats = models.PositiveIntegerField(null=True)
    interval = models.CharField(max_length=5, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True)
    is_trial = models.BooleanField(default=False)
    paying_since = models.DateTimeField(null=True)
    first_paid_at = models.DateTimeField(null=True)
    paid_months = models.PositiveSmallIntegerField(default=0)
    renewals_completed = models.PositiveSmallIntegerField(default=0)
    renews_at = models.DateTimeField(null=True, db_index=True)
    auto_renew = models.BooleanField(null=True)
    cancel_notified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
