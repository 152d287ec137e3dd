"""One score taken apart: what each measure added."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measure of one score. `points` None: missing, and then it adds nothing.

    `share`: its weight in the whole scorecard; `effective`: after renormalising over what was at
    hand; `contribution` = effective · points.
    """

    measure: str
    raw: float | None
    points: float | None
    share: float
    effective: float
    contribution: float


@dataclass(frozen=True)
class Explained:
    """A score and its lines. `value` None: unknown, coverage was too small."""

    value: float | None
    coverage: float
    lines: tuple[Line, ...]


def explain(
    value: float | None,
    measures: Iterable[tuple[str, float | None, float | None, float]],
) -> Explained:
    """Take a stored score apart; `measures`: (key, raw, points, share) of each.

    The contributions sum to the score within 1e-9. For an unknown score they show what the
    measures at hand would have made.
    """
    rows = list(measures)
    coverage = sum(share for _, _, points, share in rows if points is not None)
    lines = []
    for key, raw, points, share in rows:
        effective = share / coverage if points is not None and coverage else 0.0
        lines.append(Line(key, raw, points, share, effective, effective * (points or 0.0)))
    return Explained(value, coverage, tuple(lines))
