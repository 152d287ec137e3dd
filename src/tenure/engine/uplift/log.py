"""What is known of a play that was run: who got it, with which chance, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class PlayLog:
    """n times that a play was given or held out.

    Attributes:
        account: Key of the account, (n,) int64; rows of one account stay in one fold.
        features: (n, p) as known before the play; nan where not known.
        names: The p names.
        treated: (n,) bool.
        outcome: (n,) in the unit of effects, more is better: 1 kept and 0 lost, or margin kept.
        stake: (n,) money per unit of outcome; all 1 where the outcome is money.
        cost: (n,) money that treating costs: hours × rate.
        propensity: (n,) chance of being treated as logged, or None where it must be estimated
            (then nothing that decided about it may be missing among the features).
        segment: (n,) int64 group for partial pooling; all 0 when there are none.
        risk: (n,) chance of loss by a forecast, or None: 1 less the
            outcome expected untreated.

    Raises:
        ValueError: Where parts do not fit, an arm is empty, a number is not finite, a cost is
            negative or a propensity is not between 0 and 1.
    """

    account: Ints
    features: Floats
    names: tuple[str, ...]
    treated: Truths
    outcome: Floats
    stake: Floats
    cost: Floats
    segment: Ints
    propensity: Floats | None = None
    risk: Floats | None = None

    def __post_init__(self) -> None:
        n = self.account.shape[0]
        columns = [self.treated, self.outcome, self.stake, self.cost, self.segment]
        columns += [part for part in (self.propensity, self.risk) if part is not None]
        if self.features.shape != (n, len(self.names)) or any(c.shape != (n,) for c in columns):
            raise ValueError("The parts of a play's log do not fit together.")
        if not all(np.isfinite(column).all() for column in columns):
            raise ValueError("Outcome, stake, cost, propensity and risk must be finite.")
        if (self.cost < 0).any():
            raise ValueError("A cost must not be negative.")
        chance = self.propensity
        if chance is not None and not ((chance > 0) & (chance < 1)).all():
            raise ValueError("A propensity must be more than 0 and less than 1.")

    def __len__(self) -> int:
        return int(self.account.shape[0])

    @property
    def binary(self) -> bool:
        """Whether outcomes are 0 and 1 only."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    def take(self, rows: Any) -> "PlayLog":
        """Some rows, by index or mask."""
        return replace(
            self,
            account=self.account[rows],
            features=self.features[rows],
            treated=self.treated[rows],
            outcome=self.outcome[rows],
            stake=self.stake[rows],
            cost=self.cost[rows],
            segment=self.segment[rows],
            propensity=None if self.propensity is None else self.propensity[rows],
            risk=None if self.risk is None else self.risk[rows],
        )


def play_log(
    account: Any,
    features: Any,
    names: Sequence[str],
    treated: Any,
    outcome: Any,
    *,
    stake: Any = 1.0,
    cost: Any = 0.0,
    propensity: Any = None,
    segment: Any = 0,
    risk: Any = None,
) -> PlayLog:
    """A log from anything array-like; what is the same for all may be one number."""
    key = np.asarray(account, dtype=np.int64)

    def each(value: Any) -> Floats:
        return np.broadcast_to(np.asarray(value, dtype=float), key.shape).copy()

    return PlayLog(
        account=key,
        features=np.asarray(features, dtype=float).reshape(key.size, len(names)),
        names=tuple(names),
        treated=np.asarray(treated, dtype=bool),
        outcome=np.asarray(outcome, dtype=float),
        stake=each(stake),
        cost=each(cost),
        segment=np.broadcast_to(np.asarray(segment, dtype=np.int64), key.shape).copy(),
        propensity=None if propensity is None else each(propensity),
        risk=None if risk is None else each(risk),
    )


def against_nothing(log: PlayLog, play: Any, chances: Any = None) -> tuple[PlayLog, ...]:
    """One log for each of several plays, beside those who got none of them.

    Given that an account got play a or none, it got a with chance p(a)/(p(a) + p(0)).

    Args:
        log: All rows; its `treated` and `propensity` are not looked at.
        play: (n,) int, 0 for none, 1…K.
        chances: (n, K + 1) logged chances of none and of each play, or None.
    """
    which = np.asarray(play, dtype=np.int64)
    logs = []
    for at in range(1, int(which.max(initial=0)) + 1):
        rows = np.flatnonzero((which == 0) | (which == at))
        chance = None
        if chances is not None:
            own = np.asarray(chances, dtype=float)[rows]
            chance = own[:, at] / (own[:, at] + own[:, 0])
        part = log.take(rows)
        logs.append(replace(part, treated=which[rows] == at, propensity=chance))
    return tuple(logs)
