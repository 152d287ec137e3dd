"""What goes out to the world: named channels, and the outbox from which everything is sent."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account, Person
from tenure.core.models import User
from tenure.plays.models.runs import Run


class Channel(models.Model):
    """An address outside that plays name, so that no play holds an address or a secret.

    `private`: an administrator allowed addresses of private networks. `secret` signs webhooks.
    """

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        CHAT = "chat", _("Chat message")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=80, blank=True)
    private = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Outgoing(models.Model):
    """One mail, webhook or chat message, written with the step that wants it and sent afterwards.

    `key` makes it one and the same however often it is asked for or tried: of a step
    "run:visit:n". `handed_at`: from then on the other side may have it.

    Attributes:
        payload: All that is sent, worked out when it was written.
        try_at: Not before then (quiet hours, back-off).
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        CHAT = "chat", _("Chat message")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("outgoing", "waiting")
        SENDING = "sending", pgettext_lazy("outgoing", "being sent")
        SENT = "sent", pgettext_lazy("outgoing", "sent")
        FAILED = "failed", pgettext_lazy("outgoing", "not sent")
        UNSURE = "unsure", pgettext_lazy("outgoing", "may have been sent")
        DROPPED = "dropped", pgettext_lazy("outgoing", "no longer wanted")

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    run = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="outgoing")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="outgoing")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="outgoing")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="+")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    payload: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["try_at", "id"], condition=Q(state="waiting"), name="outgoing_to_send"
            ),
            models.Index(
                fields=["claimed_at"], condition=Q(state="sending"), name="outgoing_claimed"
            ),
            models.Index(fields=["account", "-made_at"], name="outgoing_of_account"),
            models.Index(fields=["person", "-made_at"], name="outgoing_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"
