"""What a play would have done over some days, worked out in the background."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from tenure.core.models import User


class PlayPreview(models.Model):
    """One preview of one text of a play. The same text up to the same day is worked out once.

    Attributes:
        key: Of the play; `version`: the one it would be saved as.
        body: What it says, in stored form; `digest`: SHA-256 over it, its version and its days.
        days: How many, `until` being the last.
        done, total: Days worked out, of all.
        result: See `selectors.previews`, which reads it; empty until it is done.
        reason: Why it failed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("preview", "waiting")
        RUNNING = "running", pgettext_lazy("preview", "being worked out")
        DONE = "done", pgettext_lazy("preview", "done")
        FAILED = "failed", pgettext_lazy("preview", "failed")

    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    body: models.JSONField[Any, Any] = models.JSONField()
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "-asked_at"], name="previews_of_a_play")
        ]

    def __str__(self) -> str:
        return f"preview of {self.key}: {self.state}"
