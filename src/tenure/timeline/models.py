"""What happened with an account, as told by people and systems other than the product."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Person
from tenure.core.models import RecordedFact


def _one_current(name: str) -> list[models.BaseConstraint]:
    """At most one row per external id that is not superseded."""
    return [
        models.UniqueConstraint(
            fields=["external_id"], condition=Q(superseded_at__isnull=True), name=name
        )
    ]


class Touchpoint(RecordedFact):
    """One touch. `message_id`, `in_reply_to`: of a mail, as `replies.ids_in` writes them."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        NOTE = "note", _("Note")
        LETTER = "letter", _("Letter")
        IN_APP = "in_app", _("In-app message")

    class Direction(models.TextChoices):
        IN = "in", _("from the account")
        OUT = "out", _("to the account")
        BOTH = "both", _("both ways")

    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touchpoints")
    people = models.ManyToManyField(Person, related_name="touchpoints")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    direction = models.CharField(max_length=4, choices=Direction.choices, blank=True)
    occurred_at = models.DateTimeField()
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    csm_email = models.CharField(max_length=320, blank=True)
    sentiment = models.FloatField(null=True, blank=True)
    minutes = models.FloatField(null=True, blank=True)
    message_id = models.CharField(max_length=300, blank=True)
    in_reply_to = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = _one_current("one_current_touchpoint")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "occurred_at"])]


class Ticket(RecordedFact):
    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tickets")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    subject = models.CharField(max_length=500, blank=True)
    priority = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    csat = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = _one_current("one_current_ticket")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "opened_at"])]


class SurveyAnswer(RecordedFact):
    class Kind(models.TextChoices):
        NPS = "nps", "NPS"
        CSAT = "csat", "CSAT"
        CES = "ces", "CES"

    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="survey_answers"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    score = models.FloatField()
    answered_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = _one_current("one_current_answer")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "answered_at"])]


class Outcome(RecordedFact):
    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        ACHIEVED = "achieved", _("achieved")
        MISSED = "missed", _("missed")

    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="outcomes")
    title = models.CharField(max_length=500)
    metric = models.CharField(max_length=200, blank=True)
    target = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=320, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = _one_current("one_current_outcome")


class Advocacy(RecordedFact):
    class Kind(models.TextChoices):
        REFERENCE = "reference", _("Reference")
        REFERRAL = "referral", _("Referral")
        REVIEW = "review", _("Review")
        CASE_STUDY = "case_study", _("Case study")

    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="advocacy")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = _one_current("one_current_advocacy")


class PlayRecord(RecordedFact):
    """A past action on an account, from elsewhere (`plays_log`): kept for effect estimation."""

    class Arm(models.TextChoices):
        TREATED = "treated", _("treated")
        HELD_OUT = "held_out", _("held out")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="play_records")
    play = models.CharField(max_length=200)
    arm = models.CharField(max_length=10, choices=Arm.choices)
    assigned_at = models.DateTimeField()
    propensity = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "play", "assigned_at"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_play_record",
            )
        ]


class Pulse(RecordedFact):
    """A success manager's own judgement of an account, 0 (lost) to 100 (thriving)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pulses")
    author = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL)
    value = models.FloatField()
    comment = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
