"""What success managers say of the renewals of their accounts."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core.models import User


class Call(models.TextChoices):
    RENEW = "renew", _("will renew")
    UPSELL = "upsell", _("will renew for more")
    AT_RISK = "at_risk", _("at risk")
    LOST = "lost", _("lost")


class RenewalCall(models.Model):
    """A success manager's call on one renewal, as made on a day. Append-only; the newest counts.

    `amount`: the MRR expected after the renewal, in the reporting currency; null: as it is.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="renewal_calls")
    renews_on = models.DateField()
    call = models.CharField(max_length=10, choices=Call.choices)
    amount: models.DecimalField[Any, Any] = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True
    )
    note = models.TextField(blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "renews_on", "-id"])
        ]

    def __str__(self) -> str:
        return f"{self.call} for {self.renews_on}"
