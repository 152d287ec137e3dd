"""Accounts going through plays: where each is, what was done, and what waits for a person."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
from tenure.core.models import User
from tenure.plays.models.plays import Play
from tenure.plays.models.tasks import Task


class Run(models.Model):
    """One account that met one version of a play.

    A run stays with its version whatever is saved later. The position is an index into the steps
    of that version as they are numbered by `definition.program`; `visits` counts the steps begun,
    so a step that is gone through twice has two visits.

    Attributes:
        because: What set it off: {"kind": of the trigger, …the facts it rests on}.
        stratum, slot, held_out, propensity: Its assignment, made when it starts and kept for good;
            null where nobody is held out (started by a person, or a share of 0).
        known: What was known on that day, for adjusting effects: name → number or null.
        wake_at: When something is to be done; null: never by itself (held out, ended, or waiting
            for a person without an end).
        waits_for: What it waits for; empty: to be stepped.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("run", "waiting to start")
        ACTIVE = "active", pgettext_lazy("run", "running")
        HELD_OUT = "held_out", pgettext_lazy("run", "held out")
        DONE = "done", pgettext_lazy("run", "done")
        EXITED = "exited", pgettext_lazy("run", "left early")
        STOPPED = "stopped", pgettext_lazy("run", "stopped")
        EXPIRED = "expired", pgettext_lazy("run", "never started")
        FAILED = "failed", pgettext_lazy("run", "failed")

    class WaitsFor(models.TextChoices):
        TIME = "time", _("a day")
        CONDITION = "condition", _("a condition")
        TASK = "task", _("a task")
        APPROVAL = "approval", _("an approval")

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    because: models.JSONField[Any, Any] = models.JSONField(default=dict)
    met_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    stratum = models.CharField(max_length=80, blank=True)
    slot = models.PositiveIntegerField(null=True, blank=True)
    held_out = models.BooleanField(null=True, blank=True)
    propensity = models.FloatField(null=True, blank=True)
    known: models.JSONField[Any, Any] = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    wake_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=10, choices=WaitsFor.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["play", "account"],
                condition=Q(state__in=["queued", "active"]),
                name="one_open_run",
            ),
            models.UniqueConstraint(
                fields=["play", "version", "stratum", "slot"],
                condition=Q(slot__isnull=False),
                name="one_run_in_a_slot",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wake_at", "id"],
                condition=Q(state="active", wake_at__isnull=False),
                name="runs_to_wake",
            ),
            models.Index(fields=["account", "-met_at"], name="runs_of_account"),
            models.Index(fields=["play", "state", "-met_at"], name="runs_of_play"),
        ]

    def __str__(self) -> str:
        return f"{self.play_id} v{self.version} on {self.account_id}: {self.state}"


class RunStep(models.Model):
    """What one visit of one step did. Append-only; written in the transaction that did it.

    `outcome`: done, yes, no, timeout, refused, skipped (with the reason in `detail`).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    visit = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "visit"], name="one_step_a_visit")
        ]

    def __str__(self) -> str:
        return f"{self.run_id} step {self.visit}: {self.outcome}"


class Approval(models.Model):
    """A run asks somebody with a role whether to go on.

    The role asked for is copied from the version that runs, so that no later edit changes it.
    """

    class Decision(models.TextChoices):
        OPEN = "open", pgettext_lazy("approval", "waiting")
        YES = "yes", pgettext_lazy("approval", "approved")
        NO = "no", pgettext_lazy("approval", "refused")
        TIMEOUT = "timeout", pgettext_lazy("approval", "nobody decided in time")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="approvals")
    visit = models.PositiveIntegerField()
    role = models.CharField(max_length=10)
    question = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "visit"], name="one_approval_a_visit")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], condition=Q(decision="open"), name="approvals_open")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.decision}"
