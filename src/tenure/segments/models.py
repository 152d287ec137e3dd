"""Segments with their versions, and the intervals during which accounts belonged to them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core.models import User


class Cause(models.TextChoices):
    """Why a membership began or ended."""

    START = "start", _("the segment was made")
    CHANGE = "change", _("the account changed")
    EDIT = "edit", _("the rule was changed")
    RETIRED = "retired", _("the segment was retired")


class Segment(models.Model):
    """A named rule over accounts. What it says is in its newest version.

    A segment that is not `shared` is seen by its owner alone. `reckoned_from`: the first day of its
    history, worked out later from what was known then; null before that was done.
    """

    title = models.CharField(max_length=120)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="segments")
    shared = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    reckoned_from = models.DateField(null=True)
    evaluated_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.title


class SegmentVersion(models.Model):
    """One version of a segment's definition. Append-only; restoring one appends a copy of it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    body: models.JSONField[Any, Any] = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["segment", "version"], name="one_row_per_segment_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} version {self.version}"


class Belonging(models.Model):
    """An account belonged to a segment from `entered_on` until before `left_on` (null: it does).

    Intervals of one account in one segment never overlap. `entered_version`, `left_version`: the
    version of the segment that decided; 0: reckoned back from what was known before it was made.
    """

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="belongings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="belongings")
    entered_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    entered_version = models.PositiveIntegerField()
    left_version = models.PositiveIntegerField(null=True, blank=True)
    entered_cause = models.CharField(max_length=10, choices=Cause.choices)
    left_cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["segment", "account"],
                condition=Q(left_on__isnull=True),
                name="belongs_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=models.F("entered_on")),
                name="leaves_after_entering",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["segment", "entered_on"]),
            models.Index(fields=["segment", "left_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.segment_id} from {self.entered_on}"
