"""A week to plan: accounts, plays, managers, and what each play is expected to keep where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Manager:
    """Someone who plays. `hours` of the week, `rate` money per hour.

    `skills`: those they have; `languages`: those they work in, None: not known, which forbids
    nothing.
    """

    key: int
    hours: float
    rate: float = 0.0
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] | None = None


@dataclass(frozen=True)
class Play:
    """A play: `hours` it takes, and the `skills` that whoever plays it must have."""

    key: int
    hours: float
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Account:
    """An account: `margin` at stake, in money.

    `owner`: the manager whose book it is in, None: pooled, anybody may play; `language`: "" when
    not known; `quiet`: do not disturb.
    """

    key: int
    margin: float
    owner: int | None = None
    language: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Commitment:
    """What is settled before planning: hours that are gone, and an account that has its play.

    `account` None: hours for something else.
    """

    manager: int
    hours: float
    account: int | None = None


@dataclass(frozen=True)
class Week:
    """All that a plan is made from.

    Attributes:
        managers: (C,); plays: (A,); accounts: (n,), keys of each kind all different.
        effect: (n, A) expected effect of a play on an account, as a share of the margin at stake;
            −∞ or nan where it should not be played.
        commitments: What is settled.

    Raises:
        ValueError: Shapes differ, keys are doubled, hours, rates or margins are not finite or
            negative, a play takes no hours, a commitment is of no known manager or exceeds the
            hours there are.
    """

    managers: Sequence[Manager]
    plays: Sequence[Play]
    accounts: Sequence[Account]
    effect: Floats
    commitments: Sequence[Commitment] = field(default=())

    def __post_init__(self) -> None:
        if self.effect.shape != (len(self.accounts), len(self.plays)):
            raise ValueError("There must be an effect of each play on each account.")
        for kind in (self.managers, self.plays, self.accounts):
            if len({one.key for one in kind}) != len(kind):
                raise ValueError("Keys must be different.")
        amounts = [m.hours for m in self.managers] + [m.rate for m in self.managers]
        amounts += [a.margin for a in self.accounts] + [c.hours for c in self.commitments]
        if not all(np.isfinite(amount) and amount >= 0 for amount in amounts):
            raise ValueError("Hours, rates and margins must be finite and not negative.")
        if not all(np.isfinite(play.hours) and play.hours > 0 for play in self.plays):
            raise ValueError("A play must take more than 0 hours.")
        if np.isposinf(self.effect).any():
            raise ValueError("An effect must not be infinite.")
        if not {c.manager for c in self.commitments} <= {m.key for m in self.managers}:
            raise ValueError("A commitment is of nobody who is there.")
        if (self.free < -1e-9).any():
            raise ValueError("Somebody has committed more hours than they have.")

    @property
    def free(self) -> Floats:
        """(C,) hours of managers that are not committed."""
        gone = dict.fromkeys((manager.key for manager in self.managers), 0.0)
        for commitment in self.commitments:
            gone[commitment.manager] += commitment.hours
        return np.array([m.hours - gone[m.key] for m in self.managers], dtype=float)

    @property
    def settled(self) -> Truths:
        """(n,) whether an account already has its play."""
        keys = {commitment.account for commitment in self.commitments}
        return np.array([account.key in keys for account in self.accounts], dtype=bool)
