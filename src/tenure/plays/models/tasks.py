"""Tasks: what somebody is to do for an account, and every change of one."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
from tenure.core.models import User


class TaskStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "open")
    DONE = "done", pgettext_lazy("task", "done")
    DISMISSED = "dismissed", pgettext_lazy("task", "dismissed")


class Task(models.Model):
    """Something to do for an account, as it stands now; how it came so is in `TaskChange`.

    Attributes:
        owner: Who is to do it; null once that user is gone.
        snoozed_until: Not shown in queues before this day.
        source: Where it came from; a person's own are manual.
        checklist: What it takes, in order: [words, whether it is done].
        hours: What it is reckoned to take; null: not said.
        reason: Why it was dismissed.
    """

    class Source(models.TextChoices):
        MANUAL = "manual", _("by hand")
        PLAY = "play", _("by a play")
        ADVICE = "advice", _("from the plan of the week")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    due_on = models.DateField()
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="tasks")
    status = models.CharField(max_length=10, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    snoozed_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MANUAL)
    reason = models.CharField(max_length=300, blank=True)
    checklist: models.JSONField[Any, Any] = models.JSONField(default=list)
    hours = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "status", "due_on"]),
            models.Index(fields=["account", "status", "due_on"]),
        ]

    def __str__(self) -> str:
        return self.title


class TaskChange(models.Model):
    """What a task was after somebody did something with it. Append-only."""

    class What(models.TextChoices):
        CREATED = "created", pgettext_lazy("task", "created")
        EDITED = "edited", pgettext_lazy("task", "edited")
        DONE = "done", pgettext_lazy("task", "done")
        DISMISSED = "dismissed", pgettext_lazy("task", "dismissed")
        REOPENED = "reopened", pgettext_lazy("task", "reopened")
        SNOOZED = "snoozed", pgettext_lazy("task", "snoozed")
        HANDED_OVER = "handed_over", pgettext_lazy("task", "handed over")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    status = models.CharField(max_length=10, choices=TaskStatus.choices)
    due_on = models.DateField()
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["task", "-at", "-id"])]

    def __str__(self) -> str:
        return f"{self.task_id} {self.what}"
