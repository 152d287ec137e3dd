"""What came through the doors: loads, rejects, and what the data says against itself."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core.models import User


class Load(models.Model):
    """One `tenure load` of a folder (or one upload)."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        REJECTS = "rejects", _("done with rejects")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    source = models.CharField(max_length=1000)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    message = models.TextField(blank=True)
    history = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.source} ({self.outcome})"


class LoadedTable(models.Model):
    """What one load did to one table."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="tables")
    table = models.CharField(max_length=40)
    file = models.CharField(max_length=1000)
    loaded = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.table} of load {self.load_id}"


class Reject(models.Model):
    """A row or event that could not be taken, with the reason. Door: a file or the tracking API."""

    load = models.ForeignKey(Load, null=True, on_delete=models.CASCADE, related_name="rejects")
    door = models.CharField(max_length=20)
    table = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    line = models.PositiveBigIntegerField(null=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.table}, line {self.line}: {self.reason}"


class Finding(models.Model):
    """A contradiction in the data, counted and with an example; open until it is found no more."""

    class Severity(models.TextChoices):
        INFO = "info", _("note")
        WARNING = "warning", _("warning")
        ERROR = "error", _("error")

    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    table = models.CharField(max_length=40)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    count = models.PositiveBigIntegerField()
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["code", "resolved_at"])]

    def __str__(self) -> str:
        return f"{self.code} ({self.count})"


class Upload(models.Model):
    """Files given in the browser, from the choice until they are loaded or let go.

    Attributes:
        rehearsed: The look wrote everything and took it back, so its counts are those of a load;
            otherwise each row was read by itself.
        table, done, total: What is being loaded, bytes read of it, and bytes in all.
        touched_at: When the worker last gave a sign of life.
        message: Why it could not be looked at or loaded.
    """

    class State(models.TextChoices):
        LOOKING = "looking", _("being looked at")
        READY = "ready", _("waits for you")
        QUEUED = "queued", _("waits for the worker")
        LOADING = "loading", _("is being loaded")
        DONE = "done", _("loaded")

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    history = models.BooleanField(default=False)
    rehearsed = models.BooleanField(default=False)
    table = models.CharField(max_length=40, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    touched_at = models.DateTimeField()
    message = models.TextField(blank=True)
    load = models.ForeignKey(Load, null=True, on_delete=models.SET_NULL, related_name="uploads")

    def __str__(self) -> str:
        return f"upload {self.pk} ({self.state})"


class UploadedFile(models.Model):
    """One file of an upload.

    Attributes:
        name: As it was called, made safe to be the name of a file.
        size, unpacked: Bytes on disk, and once decompressed.
        table: The table it is; empty: left out.
        look: What was seen in it (`uploads.seen.Look`); empty before and after.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    unpacked = models.PositiveBigIntegerField()
    table = models.CharField(max_length=40, blank=True)
    look: models.JSONField[Any, Any] = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
