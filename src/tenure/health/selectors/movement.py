"""What moved an account's score between two dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeAlias

from tenure.accounts.models import Account
from tenure.engine import health as engine
from tenure.engine.health import Cause
from tenure.health.definitions import ScorecardDefinition
from tenure.health.in_force import scorecard_version
from tenure.health.labels import measure_title
from tenure.health.models import Score
from tenure.health.selectors.explanation import columns_of, taken_apart
from tenure.health.selectors.scores import score_of
from tenure.metrics.selectors import bodies_current

Version: TypeAlias = tuple[str, int]
Cards: TypeAlias = Mapping[Version, ScorecardDefinition | None]
Titles: TypeAlias = Callable[[Version, Version, str], str]


@dataclass(frozen=True)
class MovementPart:
    """So many points of a change, from one cause at one measure, with its raw values."""

    cause: Cause
    measure: str
    title: str
    amount: float
    raw_before: float | None
    raw_after: float | None


@dataclass(frozen=True)
class Movement:
    """A change of score taken apart; the parts sum to `change`, with unknown counting as 0."""

    before: Score
    after: Score
    change: float
    parts: tuple[MovementPart, ...]

    def total(self, cause: Cause) -> float:
        """The points that one cause accounts for."""
        return sum(part.amount for part in self.parts if part.cause == cause)


def what_moved(account: Account, start: date, end: date) -> Movement | None:
    """The change from the score known on `start` to that known on `end`; None without both."""
    before, after = score_of(account, start), score_of(account, end)
    if before is None or after is None:
        return None
    return movement_between(before, after)


def movement_between(before: Score, after: Score) -> Movement:
    """The change from one stored score to another."""
    return movements_between([(before, after)])[0]


def movements_between(pairs: Sequence[tuple[Score, Score]]) -> list[Movement]:
    """The change of each pair of stored scores; scorecards and metrics are read once for all."""
    if not pairs:
        return []
    scores = [score for pair in pairs for score in pair]
    versions = {(s.scorecard, s.scorecard_version) for s in scores}
    cards = {version: scorecard_version(*version) for version in versions}
    metrics = bodies_current()
    columns = {version: columns_of(card) for version, card in cards.items()}

    @cache
    def title(old: Version, new: Version, measure: str) -> str:
        column = columns[new].get(measure) or columns[old].get(measure)
        return measure_title(measure, column, metrics)

    return [_movement(before, after, cards, title) for before, after in pairs]


def _movement(before: Score, after: Score, cards: Cards, title: Titles) -> Movement:
    versions = [(score.scorecard, score.scorecard_version) for score in (before, after)]
    remap = None if versions[0] == versions[1] else _remap(cards[versions[1]])
    moved = engine.what_moved(taken_apart(before), taken_apart(after), remap)
    raw = [{m[0]: m[1] for m in score.measures} for score in (before, after)]
    parts = tuple(
        MovementPart(
            cause=part.cause,
            measure=part.measure,
            title=title(versions[0], versions[1], part.measure),
            amount=part.amount,
            raw_before=raw[0].get(part.measure),
            raw_after=raw[1].get(part.measure),
        )
        for part in moved.parts
    )
    return Movement(before, after, moved.change, parts)


def _remap(definition: ScorecardDefinition | None) -> engine.moved.Remap | None:
    if definition is None:
        return None
    knots = {measure.key: measure.knots for measure in definition.scorecard.measures()}
    return lambda measure, raw: float(engine.mapped(raw, knots[measure]))
