"""Identity, the manifest of the event store, and what waits or does not match."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Person


class Identifier(models.Model):
    """A user id or anonymous id as sent. Events keep its key; its person may be learned later.

    `first_at`: no stored event of it is older; null: no event of it was ever stored.
    """

    class Kind(models.TextChoices):
        USER = "user", _("user id")
        ANONYMOUS = "anonymous", _("anonymous id")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=300)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="identifiers"
    )
    first_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "value"], name="one_identifier")
        ]


class AccountRef(models.Model):
    """An account id as events name it. Unmatched while no account carries that id."""

    value = models.CharField(max_length=300, unique=True)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.SET_NULL, related_name="event_refs"
    )
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    waiting = models.PositiveBigIntegerField(default=0)


class IdentityFact(models.Model):
    """One thing a message said about identity; the set of them decides, their order does not.

    link: an anonymous id (`identifier`) was used by a user (`other`). alias: one user id
    (`identifier`) is another (`other`). group: a user or anonymous id worked in an account.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("anonymous id of a user")
        ALIAS = "alias", _("two ids of one user")
        GROUP = "group", _("works in an account")

    kind = models.CharField(max_length=5, choices=Kind.choices)
    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="facts")
    other = models.ForeignKey(
        Identifier, null=True, on_delete=models.CASCADE, related_name="facts_about"
    )
    account_ref = models.ForeignKey(AccountRef, null=True, on_delete=models.CASCADE)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["identifier", "other", "kind"],
                condition=Q(account_ref__isnull=True),
                name="one_tie_of_two_ids",
            ),
            models.UniqueConstraint(
                fields=["identifier", "account_ref", "occurred_at"],
                condition=Q(account_ref__isnull=False),
                name="one_group_fact",
            ),
        ]


class Trait(models.Model):
    """The newest value of one trait said of an identifier, or of an account under its id."""

    identifier = models.ForeignKey(
        Identifier, null=True, on_delete=models.CASCADE, related_name="traits"
    )
    account_ref = models.ForeignKey(
        AccountRef, null=True, on_delete=models.CASCADE, related_name="traits"
    )
    key = models.CharField(max_length=200)
    value: models.JSONField[Any, Any] = models.JSONField(null=True)
    occurred_at = models.DateTimeField()
    rank = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["identifier", "key"], name="one_trait_of_identifier"),
            models.UniqueConstraint(fields=["account_ref", "key"], name="one_trait_of_account"),
        ]


class IdentityState(models.Model):
    """One row: how many changes of identity there were. Its lock puts them in order.

    Changes up to `forgotten` are no longer listed; `erasures` counts people erased.
    """

    position = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)
    erasures = models.BigIntegerField(default=0)


class IdentityChange(models.Model):
    """Stored events of an identifier or account id may be attributed otherwise since `position`.

    `since`: only events from then on are concerned; null: all of them.
    """

    position = models.BigIntegerField(db_index=True)
    identifier = models.ForeignKey(Identifier, null=True, on_delete=models.CASCADE)
    account_ref = models.ForeignKey(AccountRef, null=True, on_delete=models.CASCADE)
    since = models.DateTimeField(null=True)


class SettledMembership(models.Model):
    """A membership as attribution last used it; where it differs, events may have moved."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)


class PendingErasure(models.Model):
    """A person taken out of the database whose traces in files are being removed.

    Deleted when they are; until then it holds what to look for, so that a crash loses nothing.
    """

    persons: models.JSONField[Any, Any] = models.JSONField()
    identifiers: models.JSONField[Any, Any] = models.JSONField()
    words: models.JSONField[Any, Any] = models.JSONField()
    created_at = models.DateTimeField()


class StoreMonth(models.Model):
    """A month of the event store; its row is locked while files are named in the manifest."""

    month = models.DateField(unique=True)


class StoreFile(models.Model):
    """One immutable Parquet file of the event store. Live while `retired_at` is null.

    Its rows are attributed by what was known of identity at position `settled`.
    """

    path = models.CharField(max_length=500, unique=True)
    month = models.DateField()
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    account_min = models.BigIntegerField()
    account_max = models.BigIntegerField()
    occurred_min = models.DateTimeField()
    occurred_max = models.DateTimeField()
    waiting = models.PositiveBigIntegerField(default=0)
    anonymous = models.PositiveBigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["month"], condition=Q(retired_at__isnull=True), name="live_files")
        ]


class IntakeDay(models.Model):
    """How many events were stored, found twice, or refused on a day, by source."""

    day = models.DateField()
    source = models.CharField(max_length=40)
    stored = models.PositiveBigIntegerField(default=0)
    duplicate = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "source"], name="one_intake_day")
        ]


class DirtyWeek(models.Model):
    """A week whose events changed since the metrics last read them; deleted once they have."""

    week = models.DateField()
    account_min = models.BigIntegerField()
    account_max = models.BigIntegerField()
    created_at = models.DateTimeField()
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
