"""What moved an account's score between two dates."""

from dataclasses import dataclass
from datetime import date

from tenure.accounts.models import Account
from tenure.engine import health as engine
from tenure.engine.health import Cause
from tenure.health.in_force import scorecard_version
from tenure.health.labels import measure_title
from tenure.health.models import Score
from tenure.health.selectors.explanation import columns_of, taken_apart
from tenure.health.selectors.scores import score_of
from tenure.metrics.selectors import bodies_current


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
    same = (before.scorecard, before.scorecard_version) == (
        after.scorecard,
        after.scorecard_version,
    )
    moved = engine.what_moved(
        taken_apart(before), taken_apart(after), None if same else _remap(after)
    )
    old = scorecard_version(before.scorecard, before.scorecard_version)
    new = scorecard_version(after.scorecard, after.scorecard_version)
    columns = columns_of(old) | columns_of(new)
    metrics = bodies_current()
    raw = [{m[0]: m[1] for m in score.measures} for score in (before, after)]
    parts = tuple(
        MovementPart(
            cause=part.cause,
            measure=part.measure,
            title=measure_title(part.measure, columns.get(part.measure), metrics),
            amount=part.amount,
            raw_before=raw[0].get(part.measure),
            raw_after=raw[1].get(part.measure),
        )
        for part in moved.parts
    )
    return Movement(before, after, moved.change, parts)


def _remap(score: Score) -> engine.moved.Remap | None:
    definition = scorecard_version(score.scorecard, score.scorecard_version)
    if definition is None:
        return None
    knots = {measure.key: measure.knots for measure in definition.scorecard.measures()}
    return lambda measure, raw: float(engine.mapped(raw, knots[measure]))
