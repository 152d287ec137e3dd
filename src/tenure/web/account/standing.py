"""Level, clauses and health of an account as evaluated by a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.models import Account
from tenure.health.models import Band, Score
from tenure.health.selectors import Explanation, Movement, explain, score_of, what_moved
from tenure.relationship.models import Evaluation, Level, LevelChange
from tenure.relationship.selectors import standing_of
from tenure.relationship.texts import clause_name, clause_sentence
from tenure.web.account.known import Known
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import day_text, number

ASKS = {
    "C1": gettext_lazy("Paying for at least 12 months, with a renewal completed."),
    "C2": gettext_lazy("Active in three of four weeks, and in touch both ways within 180 days."),
    "C3": gettext_lazy("Three active people, or half the seats; one of them decides or champions."),
    "C4": gettext_lazy("An outcome of their own achieved or confirmed within 12 months."),
    "C5": gettext_lazy("Surveys and sentiment of 180 days not in the lowest third."),
    "C6": gettext_lazy("At least 90 % likely to be paying in 12 months."),
    "A1": gettext_lazy("A reference, referral, review or case study within 12 months."),
}
CHANGE_DAYS = 30


@dataclass(frozen=True)
class Clause:
    """One clause with its answer and evidence."""

    key: str
    name: str
    answer: str
    text: str
    missing: str


@dataclass(frozen=True)
class StandingThen:
    """Where the account stood. `since`: the day of the change to this level, if known."""

    evaluation: Evaluation
    since: date | None
    clauses: list[Clause]

    @property
    def level(self) -> str:
        return self.evaluation.level

    @property
    def missing(self) -> str:
        return clause_name(self.evaluation.missing_clause)


def standing_then(account: Account, known: Known) -> StandingThen | None:
    """Level and clauses as evaluated by the day; None before the first evaluation."""
    evaluation = standing_of(account, known.on)
    if evaluation is None:
        return None
    change = (
        LevelChange.objects.filter(account=account, as_of__lte=known.day)
        .order_by("-as_of", "-pk")
        .first()
    )
    since = change.as_of if change is not None and change.new == evaluation.level else None
    return StandingThen(evaluation, since, _clauses(evaluation))


def _clauses(evaluation: Evaluation) -> list[Clause]:
    """The clauses that were answered: none for an account that doesn't pay."""
    found = []
    for key, asks in ASKS.items():
        if key not in evaluation.clauses:
            continue
        answer, evidence = evaluation.clauses[key]
        missing = "" if answer == "yes" else str(asks)
        text = clause_sentence(key, evidence or {}, day_text)
        found.append(Clause(key, clause_name(key), str(answer), text, missing))
    return found


@dataclass(frozen=True)
class HealthThen:
    """The score by the day with its change in 30 days; taken apart only where it is shown so."""

    score: Score
    change: float | None

    @cached_property
    def explanation(self) -> Explanation:
        return explain(self.score)


def health_then(account: Account, known: Known) -> HealthThen | None:
    """The score as of the day; None before the first one."""
    score = score_of(account, known.on)
    if score is None:
        return None
    before = score_of(account, score.as_of - timedelta(days=CHANGE_DAYS))
    change = None
    if before is not None and before.value is not None and score.value is not None:
        change = score.value - before.value
    return HealthThen(score, change)


def last_scored(account: Account, known: Known) -> date | None:
    """The day of the newest score by then, however old: what is left of an account not scored."""
    rows = Score.objects.filter(account=account, as_of__lte=known.day)
    return rows.order_by("-as_of").values_list("as_of", flat=True).first()


def moved(account: Account, start: date, end: date) -> Movement | None:
    """What moved the score between two days."""
    return what_moved(account, start, end)


def health_chart(account: Account, known: Known, days: int = 540) -> Chart:
    """The score of each evaluated day."""
    rows = Score.objects.filter(
        account=account, as_of__lte=known.day, as_of__gt=known.day - timedelta(days=days)
    )
    newest = dict(rows.order_by("as_of", "pk").values_list("as_of", "value"))
    known_values = [v for v in newest.values() if v is not None]
    summary = _("No score in this time.")
    if known_values:
        summary = _("Health went from %(a)s to %(b)s; lowest %(low)s.") % {
            "a": number(known_values[0]),
            "b": number(known_values[-1]),
            "low": number(min(known_values)),
        }  # fmt: skip
    return Chart(
        key="health", title=_("Health over time"), summary=summary, kind="line", decimals=0,
        most=100.0, labels=[day_text(day) for day in newest],
        series=[Series(_("Health"), list(newest.values()))],
    )  # fmt: skip


def level_name(level: str) -> str:
    """The word for a level."""
    return str(Level(level).label) if level in Level.values else level


def band_name(band: str) -> str:
    """The word for a band."""
    return str(Band(band).label) if band in Band.values else band
