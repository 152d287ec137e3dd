"""Accounts with their hierarchy, people, dated memberships, dated owners and their hours."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.core.models import RecordedFact, User


class PersonRole(models.TextChoices):
    CHAMPION = "champion", _("Champion")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    SPONSOR = "sponsor", _("Sponsor")
    ADMIN = "admin", _("Admin")
    USER = "user", _("User")


class Account(models.Model):
    """An account, under the sender's own id. Past values are in `AttributeChange`."""

    external_id = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300, db_index=True)
    domain = models.CharField(max_length=253, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    industry = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=35, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    segment = models.CharField(max_length=200, blank=True, db_index=True)
    custom: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A person, known by the sender's id; tied to accounts through memberships.

    `role` is the role of memberships that name none of their own.
    """

    external_id = models.CharField(max_length=200, unique=True)
    email = models.CharField(max_length=320, blank=True, db_index=True)
    name = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=20, choices=PersonRole.choices, blank=True)
    language = models.CharField(max_length=35, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    custom: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["erased_at"], condition=Q(erased_at__isnull=False), name="people_erased"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id


class Membership(models.Model):
    """A person belongs to an account in a role, for a time. Several at once are normal."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=PersonRole.choices, default=PersonRole.USER)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "account", "role", "since"], name="one_membership"
            ),
            models.UniqueConstraint(
                fields=["person", "account", "role"],
                condition=Q(since__isnull=True),
                name="one_undated_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.account_id} as {self.role}"


class OwnerAssignment(models.Model):
    """A success manager owns an account for a time; the open row is the current owner."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="owners")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="book")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(until__isnull=True), name="one_current_owner"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner"], condition=Q(until__isnull=True), name="owners_now"),
            models.Index(fields=["until"], name="owners_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} owned by {self.owner_id}"


class Capacity(RecordedFact):
    """Hours a week that a success manager has for accounts, from a day on; 0: keeps no book.

    `languages` and `countries`: those the person works in; empty: not stated. `skills`: what the
    person can do that plays ask for, by name; empty: nothing special.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="capacities")
    since = models.DateField()
    hours = models.FloatField()
    languages: models.JSONField[Any, Any] = models.JSONField(default=list)
    countries: models.JSONField[Any, Any] = models.JSONField(default=list)
    skills: models.JSONField[Any, Any] = models.JSONField(default=list)
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "since"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_capacity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.hours} h from {self.since}"


class AttributeChange(models.Model):
    """An attribute of an account or person had `old` until `recorded_at`. Append-only."""

    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="changes"
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=200)
    old: models.JSONField[Any, Any] = models.JSONField(null=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.field}: {self.old!r} -> {self.new!r}"
