"""What was known day after day, each source read again only when it may say something else."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Model

from tenure.accounts.models import Account, AttributeChange, Membership, OwnerAssignment
from tenure.core import clock
from tenure.core.stored import as_stored
from tenure.forecast.models import Prediction
from tenure.health.models import Score
from tenure.plays.preview.contracts import Contracts
from tenure.relationship.models import Evaluation, LevelChange
from tenure.segments.conditions import Condition
from tenure.segments.facts import Known
from tenure.segments.facts.known import SOURCES, Column
from tenure.segments.facts.moment import CURRENT, Moment
from tenure.segments.facts.reading import day_of, days
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

Told = tuple[tuple[type[Model], tuple[str, ...]], ...]
_FACT = ("recorded_at", "superseded_at")
_TELL: Mapping[str, Told] = {
    "account": ((AttributeChange, ("recorded_at",)), (OwnerAssignment, ("since", "until"))),
    "custom": ((AttributeChange, ("recorded_at",)),),
    "health": ((Score, ("computed_at", "as_of")),),
    "level": ((Evaluation, ("computed_at", "as_of")), (LevelChange, ("as_of",))),
    "forecast": ((Prediction, ("made_at", "as_of")),),
    "people": ((Membership, ("recorded_at", "since", "until")),),
    "contact": (
        (Touchpoint, (*_FACT, "occurred_at")),
        (Ticket, (*_FACT, "opened_at", "resolved_at")),
        (SurveyAnswer, (*_FACT, "answered_at")),
        (Account, ("recorded_at",)),
    ),
}
"""Source → the columns that hold the days on which it may come to say something else."""
_RUN_OUT = frozenset({"health", "forecast"})
"""Sources whose rows count for so long only (`CURRENT`)."""
_DAILY = frozenset({("people", "champion_silent_days")})
"""Fields that change with every day."""
SUNDAY = 6


class History:
    """Reads days in rising order. `ask` makes what a `Facts` asks of one day."""

    def __init__(self) -> None:
        self._rows = sorted(Account.objects.values_list("recorded_at", "pk"))
        self._days: dict[str, frozenset[date]] = {}
        self._kept: dict[tuple[str, int, frozenset[str]], tuple[date, Mapping[str, Column]]] = {}
        self._contracts: dict[int, Contracts] = {}

    def ask(self, day: date, conditions: list[Condition]) -> Known:
        """As `Known`, of a day that is not before one asked already."""
        return _KnownThrough(day, conditions, self)

    def accounts(self, moment: Moment) -> list[int]:
        """Keys of the accounts there were, ascending."""
        return sorted(pk for recorded, pk in self._rows if recorded < moment.end)

    def columns(
        self, source: str, moment: Moment, weeks: int, names: frozenset[str]
    ) -> Mapping[str, Column]:
        """A source's columns `weeks` before a moment."""
        then = moment.before(weeks)
        if then.day >= clock.today():  # as lists have it now
            return SOURCES[source](then, names)
        if source == "contract":
            if weeks not in self._contracts:
                self._contracts[weeks] = Contracts()
            return self._contracts[weeks].columns(then, names)
        key = (source, weeks, names)
        day, found = self._kept.get(key, (None, {}))
        daily = any((source, name) in _DAILY for name in names)
        if day is None or daily or self._changes(source, day, then.day):
            found = SOURCES[source](then, names)
        self._kept[key] = (then.day, found)
        return found

    def _changes(self, source: str, before: date, day: date) -> bool:
        """Whether it may say something else on a day than on an earlier one."""
        after = [before + timedelta(days=n) for n in range(1, (day - before).days + 1)]
        if source == "metric":
            return any(one.weekday() == SUNDAY for one in after)
        if source not in self._days:
            self._days[source] = frozenset(_days_told(source))
        return any(one in self._days[source] for one in after)


class _KnownThrough(Known):
    """What was known at the end of a day, read through a history."""

    def __init__(self, day: date, conditions: Iterable[Condition], history: History) -> None:
        self.moment = Moment(day)
        self._history = history
        self.accounts = history.accounts(self.moment)
        self._wanted = self.wanted_by(conditions)
        self._read = {}

    def column(self, source: str, name: str, weeks: int = 0) -> Column:
        """A field's values, now or so many weeks before."""
        key = (source, weeks)
        if key not in self._read:
            names = frozenset(self._wanted[key])
            self._read[key] = self._history.columns(source, self.moment, weeks, names)
        return self._read[key].get(name, {})


def _days_told(source: str) -> set[date]:
    found: set[date] = set()
    for model, columns in _TELL[source]:
        for column in columns:
            told = _distinct(model, column)
            found |= told
            if column == "as_of" and source in _RUN_OUT:
                found |= {day + CURRENT for day in told}
    return found


def _distinct(model: type[Model], column: str) -> set[date]:
    day = as_stored(column) if column == "as_of" else day_of(column)
    rows = model._default_manager.order_by().values_list(day, day).distinct()
    return set(days(rows, 1).values())
