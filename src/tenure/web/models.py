"""What belongs to the pages themselves: named views of a list, and what some pages read."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
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


class QueueMark(models.Model):
    """A user put something of the page Today away: as done, or until a day.

    Of a snooze there is one open row a user, account and kind; what is done names the finding.

    Attributes:
        key: Tells findings of one kind on one account apart.
        until: The day it comes back; null of what is done.
        facts: What its sentence is made of, so that it can come back as it was; no names.
        ended_at: When it was taken back, or something newer took its place.
    """

    class State(models.TextChoices):
        DONE = "done", _("done")
        SNOOZED = "snoozed", _("snoozed")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="queue_marks")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="queue_marks")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=State.choices)
    until = models.DateField(null=True)
    urgency = models.PositiveSmallIntegerField(default=1)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "account", "kind"],
                condition=Q(state="snoozed", ended_at__isnull=True),
                name="one_open_snooze",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "state", "-made_at"]),
            models.Index(fields=["state", "-made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


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


class Renewal(models.Model):
    """What comes up for renewal on a day, of one account: all of it that the page Renewals reads.

    Made anew by each refresh, for the quarter before, the running one and the next four. Terms of
    one month renew all the time: of those there is one row a quarter, `renews_on` its last day.

    Attributes:
        mrr: Up for renewal, in the reporting currency; null without a rate.
        term: Months between renewals; null when not known.
        there: P(still paying when the quarter begins); 1 for terms longer than a month.
        renew, low, high: P(still paying after it) with its 90 % interval; null without a forecast,
            and of the quarter before as it was forecast by its beginning.
        downsell, upsell: P(it renews for less, for more | it renews); `cut`, `rise`: shares of MRR
            then lost or gained.
        after: MRR after it, of one that is over; null of one to come.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="renewals")
    quarter = models.DateField()
    renews_on = models.DateField()
    monthly = models.BooleanField(default=False)
    term = models.PositiveSmallIntegerField(null=True)
    auto_renew = models.BooleanField(null=True)
    notice = models.BooleanField(default=False)
    mrr = models.FloatField(null=True)
    there = models.FloatField(default=1.0)
    renew = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    downsell = models.FloatField(default=0.0)
    upsell = models.FloatField(default=0.0)
    cut = models.FloatField(default=0.0)
    rise = models.FloatField(default=0.0)
    after = models.FloatField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["quarter", "monthly", "renews_on"]),
            models.Index(fields=["account", "renews_on"]),
        ]

    def __str__(self) -> str:
        return f"renewal on {self.renews_on}"


class RevenueFan(models.Model):
    """GRR and NRR of the next twelve months, of one group of the accounts that pay.

    Attributes:
        kind: all, owner, segment or tier; `key`: which owner, segment or tier.
        grr, nrr: quantile as text ("0.05") → its values now and after each month.
    """

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=200, blank=True)
    as_of = models.DateField()
    accounts = models.PositiveIntegerField()
    mrr = models.FloatField()
    grr: models.JSONField[Any, Any] = models.JSONField(default=dict)
    nrr: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_fan_a_group")
        ]

    def __str__(self) -> str:
        return f"fan of {self.kind} {self.key}"


class DigestKind(models.TextChoices):
    DAILY = "daily", _("Daily, from Monday to Friday")
    WEEKLY = "weekly", _("Weekly, on Monday")
    NONE = "none", _("None")


class DigestChoice(models.Model):
    """Which mail digest a user chose; without a row, what is usual for the role.

    Attributes:
        hour: When it goes out, by the company's clock.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest_choice")
    kind = models.CharField(max_length=10, choices=DigestKind.choices)
    hour = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class DigestSend(models.Model):
    """One digest of one user, from when it falls due until it is sent or given up.

    Attributes:
        period: The day of a daily digest, the Monday of a weekly one, by the company's clock.
        attempts: How often a worker took it; also tells a worker whether it still holds it.
        try_at: Not to be taken before.
        claimed_at: When a worker took it last.
        handed_at: When the mail server began to be given it: from then on it is never tried again
            without the server having refused it.
        reason: Why it failed the last time, in the mail server's words.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        SENDING = "sending", pgettext_lazy("mail", "being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        EMPTY = "empty", pgettext_lazy("mail", "nothing to say")
        DROPPED = "dropped", pgettext_lazy("mail", "not wanted any more")
        FAILED = "failed", pgettext_lazy("mail", "given up")
        UNSURE = "unsure", pgettext_lazy("mail", "not known whether sent")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digest_sends")
    kind = models.CharField(max_length=10, choices=DigestKind.choices)
    period = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "kind", "period"], name="one_digest_of_a_period"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "try_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.state}"
