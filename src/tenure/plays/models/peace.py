"""Who is left in peace: by their own wish, or by that of the team."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Person
from tenure.core.models import User


class DoNotDisturb(models.Model):
    """An account, or one person, that no play reaches for a time (until null: for good)."""

    class Source(models.TextChoices):
        TEAM = "team", _("set by the team")
        PERSON = "person", _("asked for by the person")

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="do_not_disturb"
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="do_not_disturb"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.TEAM)
    reason = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, person__isnull=True)
                | Q(account__isnull=True, person__isnull=False),
                name="peace_for_one_of_both",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "until"], name="peace_of_account"),
            models.Index(fields=["person", "until"], name="peace_of_person"),
        ]

    def __str__(self) -> str:
        return f"peace for {self.account_id or self.person_id}"
