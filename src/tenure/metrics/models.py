"""What pages read instead of the panel and the store; the panel's manifest; kept questions."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from tenure.accounts.models import Account
from tenure.core.models import User


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


class FeatureUse(models.Model):
    """Which account used which feature in the last four weeks and the four before: one row.

    Attributes:
        title: Of the metric that says what a feature is.
        features: Their names, the one that most accounts used first; `left_out`: how many rarer
            ones are not kept.
        cells: An Arrow table (`metrics.arrays`): account, feature (its place in `features`), uses,
            people, uses_before, people_before.
        seen: An Arrow table: account, month, week, the latter two as `questions.walks.Seen` has
            them for any feature, from `vocabulary`'s first_month and first_week on.
        vocabulary: Names of events and properties to choose from, and the first day of any event.
        marks: What it was made from.
    """

    as_of = models.DateTimeField()
    title = models.CharField(max_length=120)
    features: models.JSONField[Any, Any] = models.JSONField(default=list)
    left_out = models.PositiveIntegerField(default=0)
    cells = models.BinaryField()
    seen = models.BinaryField(null=True)
    vocabulary: models.JSONField[Any, Any] = models.JSONField(default=dict)
    marks: models.JSONField[Any, Any] = models.JSONField(default=dict)


class SavedQuestion(models.Model):
    """A question to the event store that somebody keeps. `shared`: everybody may open it."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="questions")
    name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(retired_at__isnull=True),
                name="one_question_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class QuestionVersion(models.Model):
    """What a kept question asked from a time on. Append-only; the highest version counts."""

    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    body: models.JSONField[Any, Any] = models.JSONField()
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["question", "version"], name="one_version_of_a_number")
        ]
