"""What moved a score: the change between two dates, split exactly into its causes.

The change is walked in four steps, each keeping what the step before it reached, so the parts
telescope to the difference:

1. weight: the second date's shares, for the measures both scorecards have;
2. rule: the second date's map from raw value to points, on the first date's raw values;
3. coverage: measures that went missing leave, those that appeared enter (before and after 4);
4. value: the measures at hand on both dates take their new points.

Each step's amounts are by measure. A measure that leaves or enters is worth its distance from the
score without it, so losing a poor measure raises the score. An unknown score counts as nothing:
towards or away from it the parts are whole contributions, of the cause `coverage`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.engine.health.explain import Explained, Line


class Cause(StrEnum):
    VALUE = "value"
    WEIGHT = "weight"
    RULE = "rule"
    COVERAGE = "coverage"


@dataclass(frozen=True)
class Part:
    """So many points of the change, from one cause at one measure."""

    cause: Cause
    measure: str
    amount: float


@dataclass(frozen=True)
class Moved:
    """A change taken apart. `change` = after − before, with unknown as 0, = Σ amounts (1e-9)."""

    before: float | None
    after: float | None
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        return (self.after or 0.0) - (self.before or 0.0)

    def total(self, cause: Cause) -> float:
        """The points that one cause accounts for."""
        return sum(part.amount for part in self.parts if part.cause == cause)


Remap = Callable[[str, float], float]
"""(measure, raw value) → points under the second date's scorecard."""


def what_moved(before: Explained, after: Explained, remap: Remap | None = None) -> Moved:
    """Split the change from one explained score to another.

    `remap`: given when the scorecard differs; without it the points' change is all `value`.
    Amounts of 0 are left out. Largest first.
    """
    if before.value is None or after.value is None:
        parts = _to_or_from_unknown(before, after)
    else:
        parts = list(_walk(_at_hand(before), _at_hand(after), after, remap))
    shown = sorted((p for p in parts if p.amount), key=lambda p: -abs(p.amount))
    return Moved(before.value, after.value, tuple(shown))


def _to_or_from_unknown(before: Explained, after: Explained) -> list[Part]:
    ends = [(before, -1.0), (after, 1.0)]
    return [
        Part(Cause.COVERAGE, line.measure, sign * line.contribution)
        for end, sign in ends
        if end.value is not None
        for line in end.lines
    ]


def _walk(
    old: dict[str, Line], new: dict[str, Line], after: Explained, remap: Remap | None
) -> Iterator[Part]:
    shares = {line.measure: line.share for line in after.lines}
    shared = [key for key in old if key in shares]
    common = [key for key in shared if key in new]
    if not common:
        yield from _replaced(old, new)
        return
    points = {key: _points(line) for key, line in old.items()}
    # 1. The second date's weights; a measure that it no longer has gets none.
    first = {key: line.effective for key, line in old.items()}
    weights = _normalised({key: shares[key] for key in shared})
    level = sum(first[key] * points[key] for key in old)
    for key in old:
        moved = weights.get(key, 0.0) - first[key]
        yield Part(Cause.WEIGHT, key, _tidy(moved * (points[key] - level)))
    # 2. The second date's rules, on the first date's raw values.
    ruled = {key: _ruled(old[key], remap) for key in shared}
    for key in shared:
        yield Part(Cause.RULE, key, weights[key] * (ruled[key] - points[key]))
    # 3. What went missing leaves.
    kept = _normalised({key: shares[key] for key in common})
    rest = sum(kept[key] * ruled[key] for key in common)
    for key in shared:
        if key not in new:
            yield Part(Cause.COVERAGE, key, -weights[key] * (ruled[key] - rest))
    # 4. New points of what was there both times.
    for key in common:
        yield Part(Cause.VALUE, key, kept[key] * (_points(new[key]) - ruled[key]))
    # 3 again. What appeared enters.
    rest = sum(kept[key] * _points(new[key]) for key in common)
    for key, line in new.items():
        if key not in kept:
            yield Part(Cause.COVERAGE, key, line.effective * (_points(line) - rest))


def _replaced(old: dict[str, Line], new: dict[str, Line]) -> Iterator[Part]:
    """No measure was at hand both times: one score goes whole, the other comes whole."""
    for lines, sign in ((old, -1.0), (new, 1.0)):
        for key, line in lines.items():
            yield Part(Cause.COVERAGE, key, sign * line.contribution)


def _at_hand(explained: Explained) -> dict[str, Line]:
    return {line.measure: line for line in explained.lines if line.points is not None}


def _points(line: Line) -> float:
    return line.points if line.points is not None else 0.0


def _ruled(line: Line, remap: Remap | None) -> float:
    if remap is None or line.raw is None:
        return _points(line)
    return remap(line.measure, line.raw)


def _normalised(shares: Mapping[str, float]) -> dict[str, float]:
    whole = sum(shares.values())
    return {key: share / whole for key, share in shares.items()}


def _tidy(amount: float) -> float:
    """Without the dust of dividing and multiplying by the same weights."""
    return 0.0 if abs(amount) < 1e-13 else amount
