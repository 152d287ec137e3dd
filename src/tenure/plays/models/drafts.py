"""Plays that somebody is writing and has not saved yet."""

from typing import Any, ClassVar

from django.db import models

from tenure.core.models import User


class KeptDraft(models.Model):
    """What a user's editor of one play holds, so that leaving the page loses nothing.

    Attributes:
        key: The play's key, or what a new one was begun from; the pages say how.
        form: The inputs of the form by name, each with its values.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_drafts")
    key = models.CharField(max_length=100)
    form: models.JSONField[Any, Any] = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="one_draft_of_a_play")
        ]

    def __str__(self) -> str:
        return f"draft of {self.key}"
