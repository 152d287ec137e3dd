"""What belongs to the pages themselves: the views of a list that a user named."""

from typing import ClassVar

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
