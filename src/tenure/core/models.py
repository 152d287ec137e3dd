"""Users and dated roles, keys, the audit log, versioned definitions, currency rates."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.core.roles import Role


class RecordedFact(models.Model):
    """A fact with two times: when it was true (its own columns) and when Tenure learned it.

    A correction never overwrites: the old row gets `superseded_at`, a new row is added. What was
    known on a day is `recorded_at <= day and (superseded_at is null or superseded_at > day)`.
    """

    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class RoleGrant(models.Model):
    """A user's role from `since` until `until` (open-ended when null)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(until__isnull=True), name="one_current_role"
            )
        ]


class ServiceKey(models.Model):
    """A key for a door. Only its SHA-256 is kept; the key itself is shown once."""

    class Scope(models.TextChoices):
        TRACK = "track", _("Send events")
        READ = "read", _("Read through the API")
        WRITE = "write", _("Read and write through the API")

    name = models.CharField(max_length=200)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """One row for each write a person or a process made. Never changed, never deleted."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)


class DefinitionVersion(models.Model):
    """One version of one definition (metric, scorecard, ladder, churn, …). Append-only.

    The current version of a key is the one with the highest `version`; restoring an old one
    appends a copy of it. A retired definition has `retired=True` on its newest version.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    body: models.JSONField[Any, Any] = models.JSONField()
    retired = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key", "version"], name="one_row_per_version")
        ]


class CurrencyRate(RecordedFact):
    """One unit of `currency` is worth `rate` units of the reporting currency from `day` on."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["currency", "day"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_rate",
            )
        ]


class StageRun(models.Model):
    """One run of a refresh stage: what was computed, when, how long, with what result."""

    stage = models.CharField(max_length=40, db_index=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, default="running")
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
