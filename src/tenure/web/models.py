"""What belongs to the pages themselves: named views of a list, and the books Retention reads."""

from typing import Any, ClassVar

from django.db import models

from tenure.core.models import User


class SavedView(models.Model):
    """A user's name for the query string of a list page."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="one_view_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class RetentionBook(models.Model):
    """The books as of the newest refresh: one row, replaced as a whole.

    The binary columns are Arrow tables (`retention.packing`). `marks`: what they were made from.
    `seen_from`: the first activity of anybody; null when no activity is collected.
    """

    as_of = models.DateTimeField()
    contractual_days = models.PositiveIntegerField()
    usage_days = models.PositiveIntegerField()
    seen_from = models.DateTimeField(null=True)
    steps = models.BinaryField()
    spells = models.BinaryField()
    spells_in_use = models.BinaryField(null=True)
    levels = models.BinaryField()
    levels_in_use = models.BinaryField(null=True)
    unconverted: models.JSONField[Any, Any] = models.JSONField(default=list)
    marks: models.JSONField[Any, Any] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"books as of {self.as_of:%Y-%m-%d %H:%M}"
