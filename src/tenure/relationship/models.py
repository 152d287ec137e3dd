"""Customer or client: weekly evaluations of the clauses, levels and their changes."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account


class Level(models.TextChoices):
    PROSPECT = "prospect", pgettext_lazy("level", "Prospect")
    CUSTOMER = "customer", pgettext_lazy("level", "Customer")
    CLIENT = "client", pgettext_lazy("level", "Client")
    ADVOCATE = "advocate", pgettext_lazy("level", "Advocate")
    FORMER = "former", pgettext_lazy("level", "Former customer")


class OutlookSource(models.TextChoices):
    FORECAST = "forecast", _("forecast")
    CURVES = "curves", _("retention curves")


class Evaluation(models.Model):
    """The clauses of one account on one weekly date. Append-only.

    `clauses`: clause → [answer, evidence], answer one of yes / no / unknown; "client" is what the
    clauses add up to. Accounts that don't pay have none. `answers`: one letter (y, n, u) each for
    C1 to C6, A1 and client. `run`: what the next week goes on from (weeks qualifying as client, as
    advocate, weeks below the level, best level meanwhile). `outlook_source`: what C6 rests on;
    empty where the outlook is unknown. A date evaluated again has several rows: the one with the
    highest key is the newest.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="evaluations")
    as_of = models.DateField()
    qualifies_as = models.CharField(max_length=10, choices=Level.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    clauses: models.JSONField[Any, Any] = models.JSONField(default=dict)
    answers = models.CharField(max_length=8, blank=True)
    run: models.JSONField[Any, Any] = models.JSONField(default=list)
    slipping = models.BooleanField(default=False)
    missing_clause = models.CharField(max_length=4, blank=True)
    locked_in = models.BooleanField(default=False)
    outlook_source = models.CharField(max_length=10, choices=OutlookSource.choices, blank=True)
    definition_version = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-as_of", "-id"])]

    def __str__(self) -> str:
        return f"{self.level} on {self.as_of}"


class Standing(models.Model):
    """Where an account stands now, for lists.

    `client_chances`: P(it becomes a client within 3, 6, 9 and 12 months) by the forecast; empty
    where there is none. `client_within_year`: the last of them, of customers alone.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="standing")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE)
    level = models.CharField(max_length=10, choices=Level.choices, db_index=True)
    since = models.DateField()
    slipping = models.BooleanField(default=False)
    missing_clause = models.CharField(max_length=4, blank=True, db_index=True)
    locked_in = models.BooleanField(default=False)
    outlook = models.FloatField(null=True)
    client_chances: models.JSONField[Any, Any] = models.JSONField(default=list)
    client_within_year = models.FloatField(null=True, db_index=True)
    as_of = models.DateField()

    def __str__(self) -> str:
        return f"{self.level} since {self.since}"


class LevelChange(models.Model):
    """An account went from one level to another (`old` empty: its first level)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="level_changes")
    as_of = models.DateField(db_index=True)
    old = models.CharField(max_length=10, choices=Level.choices, blank=True)
    new = models.CharField(max_length=10, choices=Level.choices)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.old or 'new'} to {self.new} on {self.as_of}"


class MonthlyMoves(models.Model):
    """Chances to go from level to level within a month, fitted to all months seen. Append-only.

    One row for all accounts (`segment` empty) and one for each segment; the one with the highest
    key is the newest. Lists are in the order of `Level`; intervals hold 90 %.

    Attributes:
        accounts: Seen in at least one month's step; `steps`: account-months counted.
        counts: [from][to], the moves seen.
        chances: [from][to] → [mean, low, high].
        client_within_year: [level] → [mean, low, high] of being a client in some of 12 months.
        client_months: [level] → [mean, low, high] months as client among the next `horizon`.
        client_share: [m] → [mean, low, high] share of customers that are clients m months later.
        value: [level] → [mean, low, high] discounted margin of that time; empty without any MRR.
    """

    as_of = models.DateField()
    segment = models.CharField(max_length=200, blank=True, db_index=True)
    horizon = models.PositiveSmallIntegerField()
    accounts = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    counts: models.JSONField[Any, Any] = models.JSONField(default=list)
    chances: models.JSONField[Any, Any] = models.JSONField(default=list)
    client_within_year: models.JSONField[Any, Any] = models.JSONField(default=list)
    client_months: models.JSONField[Any, Any] = models.JSONField(default=list)
    client_share: models.JSONField[Any, Any] = models.JSONField(default=list)
    value: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"moves of {self.segment or 'all'} as of {self.as_of}"


class HiddenModel(models.Model):
    """A hidden Markov model of relationship states, as fitted on a day. Append-only.

    Attributes:
        states: How many, the lowest first; 1: held-out accounts bear witness to no states at all.
        measures: Keys of what is observed, the one that orders the states first.
        means: [measure][state], what accounts in each state look like.
        parameters: What is needed to read accounts by it again.
        trials: [{"states", "score", "short", "error"}]: held-out log-likelihood of an account.
        accounts: Fitted to so many.
    """

    as_of = models.DateField()
    states = models.PositiveSmallIntegerField()
    measures: models.JSONField[Any, Any] = models.JSONField(default=list)
    means: models.JSONField[Any, Any] = models.JSONField(default=list)
    parameters: models.JSONField[Any, Any] = models.JSONField(default=dict)
    trials: models.JSONField[Any, Any] = models.JSONField(default=list)
    accounts = models.PositiveIntegerField()
    fitted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.states} states as of {self.as_of}"


class HiddenState(models.Model):
    """What a model says of one account from what was observed by a day. Append-only.

    `chances`: of each state, summing to 1. Written again only when one has moved.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hidden_states")
    model = models.ForeignKey(HiddenModel, on_delete=models.CASCADE, related_name="found")
    as_of = models.DateField()
    chances: models.JSONField[Any, Any] = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-as_of", "-id"])]

    def __str__(self) -> str:
        return f"{self.chances} on {self.as_of}"
