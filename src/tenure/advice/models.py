"""The plan of each week, what it suggests to whom, and what became of every suggestion."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
from tenure.core.models import User
from tenure.plays.models import Run, Task


class WeekPlan(models.Model):
    """One solution of one week. Append-only: planning anew makes another one.

    Attributes:
        week: Its Monday.
        made_by: Who asked for it; null: the refresh, or somebody at the command line.
        value, bound, gap: Money it is expected to keep less the price of its hours, what no plan
            can exceed, and (bound − value)/bound.
        seconds: How long it took to solve.
        loads: [{"person", "hours", "committed", "free", "used", "price"}]: hours of the week for
            the plan, those settled before it, those left, those it uses, and money that one more
            would keep.
        left: [{"reason", "accounts", "value"}]: accounts that are not in it and what their best
            plays would have kept, by reason; of those that no reason of the solver names, too.
        effects: [{"play", "version", "assumed", "mean", "sd", "source", "treated", "held_out",
            "accounts"}]: what each play was believed to do; `mean` in points of retention, of its
            average account; `accounts` that it could have been played for.
        teaches: [{"play", "held_out", "treated", "worth", "learnt"}]: experiments worth their
            price, the most teaching first, in money.
        inputs: Versions of the definitions and the run of the forecast it rests on, the money an
            hour costs, and where that comes from.
    """

    week = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    value = models.FloatField()
    bound = models.FloatField()
    gap = models.FloatField()
    seconds = models.FloatField()
    loads: models.JSONField[Any, Any] = models.JSONField(default=list)
    left: models.JSONField[Any, Any] = models.JSONField(default=list)
    effects: models.JSONField[Any, Any] = models.JSONField(default=list)
    teaches: models.JSONField[Any, Any] = models.JSONField(default=list)
    inputs: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["week", "-made_at", "-id"])]

    def __str__(self) -> str:
        return f"plan of {self.week}"


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("suggestion", "open")
    HANDED_OVER = "handed_over", pgettext_lazy("suggestion", "handed over")
    SNOOZED = "snoozed", pgettext_lazy("suggestion", "snoozed")
    ACCEPTED = "accepted", pgettext_lazy("suggestion", "accepted")
    EDITED = "edited", pgettext_lazy("suggestion", "accepted with changes")
    DISMISSED = "dismissed", pgettext_lazy("suggestion", "dismissed")
    EXPIRED = "expired", pgettext_lazy("suggestion", "expired")


WAITING = (State.OPEN, State.HANDED_OVER, State.SNOOZED)
TAKEN = (State.ACCEPTED, State.EDITED)


class Reason(models.TextChoices):
    """Why a suggestion is not taken. How long each is heeded is in the definition `advice`."""

    TIMING = "timing", _("not the right time")
    ALREADY = "already", _("it was done already")
    UNFIT = "unfit", _("it does not fit this account")
    SMALL = "small", _("not worth the hours")
    WISH = "wish", _("the account does not want it")
    OTHER = "other", _("another reason")


class Suggestion(models.Model):
    """Play this play with this account in this week, as it stands now; see `SuggestionChange`.

    Attributes:
        person: To whom it is proposed; null once that user is gone.
        pooled: The account was nobody's: any success manager may take it.
        hours: That it takes; `day`: on which it is to be done, once somebody said so.
        value, low, high: Money it is expected to keep less the price of its hours, with the
            interval of 90 % of its effect.
        effect: Expected difference in the chance to stay, 0-1; `effect_sd`: how sure.
        assumed: The effect is believed, not measured by a hold-out; `source`: who says so.
        stake: Money that a year of the account is worth; `risk`: its chance to leave within twelve
            months, with its interval.
        why: {"drivers": [as of the prediction], "level", "missing", "slipping", "renews_on"}.
        passed: [{"account", "play", "value", "hours"}]: what the same hours could have done.
        otherwise: {"play", "person", "value", "hours"}: the next best for this account; empty:
            there is none.
        snoozed_until: Not shown before this day.
        run, task: What accepting it began.
    """

    plan = models.ForeignKey(WeekPlan, on_delete=models.CASCADE, related_name="suggestions")
    week = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="suggestions")
    play = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    person = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="suggestions"
    )
    pooled = models.BooleanField(default=False)
    hours = models.FloatField()
    day = models.DateField(null=True, blank=True)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    effect = models.FloatField()
    effect_sd = models.FloatField()
    assumed = models.BooleanField()
    source = models.CharField(max_length=500, blank=True)
    stake = models.FloatField()
    risk = models.FloatField()
    risk_low = models.FloatField()
    risk_high = models.FloatField()
    why: models.JSONField[Any, Any] = models.JSONField(default=dict)
    passed: models.JSONField[Any, Any] = models.JSONField(default=list)
    otherwise: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    words = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateField(null=True, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=WAITING), name="one_suggestion_waits"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["person", "-value"], condition=Q(state__in=WAITING), name="suggestions_of"
            ),
            models.Index(
                fields=["-value"],
                condition=Q(state__in=WAITING, pooled=True),
                name="suggestions_pooled",
            ),
            models.Index(fields=["week", "state"], name="suggestions_of_week"),
            models.Index(fields=["account", "play", "-decided_at"], name="suggestions_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.play} for {self.account_id}: {self.state}"

    @property
    def at_stake(self) -> float:
        """Money expected to be lost within a year if nothing is done."""
        return self.risk * self.stake


class SuggestionChange(models.Model):
    """What a suggestion was after something happened to it. Append-only; `actor` null: Tenure."""

    class What(models.TextChoices):
        MADE = "made", pgettext_lazy("suggestion", "made")
        TAKEN = "taken", pgettext_lazy("suggestion", "taken from the pool")
        GIVEN = "given", pgettext_lazy("suggestion", "given out of the pool")
        ACCEPTED = "accepted", pgettext_lazy("suggestion", "accepted")
        EDITED = "edited", pgettext_lazy("suggestion", "accepted with changes")
        DISMISSED = "dismissed", pgettext_lazy("suggestion", "dismissed")
        SNOOZED = "snoozed", pgettext_lazy("suggestion", "snoozed")
        HANDED_OVER = "handed_over", pgettext_lazy("suggestion", "handed over")
        REOPENED = "reopened", pgettext_lazy("suggestion", "reopened")
        EXPIRED = "expired", pgettext_lazy("suggestion", "expired")

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    person = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    hours = models.FloatField()
    day = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=10, blank=True)
    words = models.CharField(max_length=300, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["suggestion", "-at", "-id"])]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.what}"
