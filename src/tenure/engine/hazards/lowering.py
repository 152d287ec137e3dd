"""What would lower the risk, in the eyes of the model."""

from dataclasses import dataclass, replace

import numpy as np

from tenure.engine.hazards.model import CauseModel, survival_of
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats


@dataclass(frozen=True)
class Lower:
    """One feature moved to the better quartile of all accounts, everything else as it is.

    `now` (nan where not known) and `then` are its values, `chance` and `lowered` the probabilities
    of the cause within `horizon` months before and after.
    """

    feature: str
    now: float
    then: float
    cause: str
    horizon: int
    chance: float
    lowered: float

    @property
    def change(self) -> float:
        """By how much the probability falls, above 0."""
        return self.chance - self.lowered

    @property
    def sentence(self) -> str:
        """In words that claim no more than the model knows."""
        now = "not known" if np.isnan(self.now) else f"{self.now:.4g}"
        return (
            f"With {self.feature} at {self.then:.4g} (now {now}) and all else as it is, the model"
            f" would put {self.cause} within {self.horizon} months at {self.lowered:.0%} instead"
            f" of {self.chance:.0%}. This is how such accounts differ, not a proven effect."
        )


def quartiles(features: Floats) -> Floats:
    """(p, 2) lower and upper quartile of what is known of each feature; nan where nothing is."""
    out = np.full((features.shape[1], 2), np.nan)
    for j in range(features.shape[1]):
        known = features[np.isfinite(features[:, j]), j]
        if known.size:
            out[j] = np.quantile(known, (0.25, 0.75))
    return out


def lowers(
    model: CauseModel, row: Panel, features: list[int], goals: Floats, horizon: int
) -> tuple[Lower, ...]:
    """Moves of one row's features (by index) to a quartile, those that lower the risk, best first.

    A feature is only moved towards a quartile that it has not reached yet; an unknown one to both.
    """
    moves = [
        (j, float(goal))
        for j in features
        for goal, reached in zip(
            goals[j], _reached(float(row.features[0, j]), goals[j]), strict=True
        )
        if np.isfinite(goal) and not reached
    ]
    tried = row.take(np.zeros(len(moves) + 1, dtype=np.int64))
    changed = tried.features.copy()
    for i, (j, goal) in enumerate(moves):
        changed[i + 1, j] = goal
    chance = within(model, replace(tried, features=changed), horizon)
    found: dict[int, Lower] = {}
    for (j, goal), after in zip(moves, chance[1:], strict=True):
        best = found[j].lowered if j in found else float(chance[0]) - 1e-12
        if after < best:
            found[j] = Lower(
                feature=row.names[j],
                now=float(row.features[0, j]),
                then=goal,
                cause=model.cause,
                horizon=horizon,
                chance=float(chance[0]),
                lowered=float(after),
            )
    return tuple(sorted(found.values(), key=lambda lower: lower.lowered))


def within(model: CauseModel, panel: Panel, horizon: int) -> Floats:
    """(n,) probability of the cause within `horizon` months while the account is there."""
    return 1.0 - survival_of(model.score(panel, horizon).log_odds)[:, -1]


def _reached(value: float, goals: Floats) -> tuple[bool, bool]:
    """Whether a value is at or beyond the lower quartile (downwards), the upper (upwards)."""
    return bool(value <= goals[0]), bool(value >= goals[1])
