"""What is observed of accounts step by step: measures, and the encounters that may move them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GAUSSIAN, POISSON, BERNOULLI = "gaussian", "poisson", "bernoulli"


@dataclass(frozen=True)
class Measure:
    """A name and the distribution within a state: gaussian, poisson (counts) or bernoulli (0/1)."""

    name: str
    kind: str = GAUSSIAN

    def __post_init__(self) -> None:
        if self.kind not in {GAUSSIAN, POISSON, BERNOULLI}:
            raise ValueError(f"{self.kind} is no distribution of a measure")


@dataclass(frozen=True)
class Sequences:
    """N accounts, each observed for a number of steps without a gap.

    Attributes:
        account: (N,) int64 keys, all different. They decide who is held out, not the order.
        length: (N,) int64, steps of each account, from 1.
        values: (N, T, M) float64, T the longest length; nan where a measure was not observed.
        inputs: (N, T, P) float64; row t holds the encounters that bear on the move from step t − 1
            to step t, known by then. Row 0 is not used. No nan: no encounter is 0.
        measures: The M measures.
        input_names: The P names of the inputs.
    """

    account: Ints
    length: Ints
    values: Floats
    inputs: Floats
    measures: tuple[Measure, ...]
    input_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        size, steps = self.values.shape[:2]
        if self.values.shape[2:] != (len(self.measures),) or not self.measures:
            raise ValueError("values must be (accounts, steps, measures), one measure or more")
        if self.inputs.shape != (size, steps, len(self.input_names)):
            raise ValueError("inputs must be (accounts, steps, inputs)")
        if self.account.shape != (size,) or np.unique(self.account).size != size:
            raise ValueError("every account needs a key of its own")
        if self.length.shape != (size,) or ((self.length < 1) | (self.length > steps)).any():
            raise ValueError("lengths must lie between 1 and the number of steps")
        if not np.isfinite(self.inputs[self.seen]).all():
            raise ValueError("inputs must be known; no encounter is 0")
        self._check_values()

    def _check_values(self) -> None:
        for at, measure in enumerate(self.measures):
            seen = self.values[self.seen, at]
            known = seen[~np.isnan(seen)]
            if measure.kind == POISSON and ((known < 0) | (known != np.floor(known))).any():
                raise ValueError(f"{measure.name} must hold counts")
            if measure.kind == BERNOULLI and ((known != 0) & (known != 1)).any():
                raise ValueError(f"{measure.name} must hold 0 and 1")
            if not np.isfinite(known).all():
                raise ValueError(f"{measure.name} must be finite where known")

    def __len__(self) -> int:
        return int(self.account.shape[0])

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which steps belong to an account, (N, T)."""
        return np.asarray(np.arange(self.values.shape[1]) < self.length[:, None])

    def take(self, rows: Any) -> "Sequences":
        """Some accounts, by index or mask."""
        return replace(
            self,
            account=self.account[rows],
            length=self.length[rows],
            values=self.values[rows],
            inputs=self.inputs[rows],
        )

    @classmethod
    def of_rows(
        cls,
        account: ArrayLike,
        step: ArrayLike,
        values: ArrayLike,
        inputs: ArrayLike,
        measures: Sequence[Measure],
        input_names: Sequence[str] = (),
    ) -> "Sequences":
        """From one row an account and step, in any order, at most one for each.

        Args:
            account: (R,) keys.
            step: (R,) whole numbers, such as weeks since a fixed day. A step without a row between
                two of an account becomes one with nothing observed and no encounter.
            values: (R, M).
            inputs: (R, P).
            measures: The M measures.
            input_names: The P names of the inputs.
        """
        owner, when = np.asarray(account, np.int64), np.asarray(step, np.int64)
        keys, at = np.unique(owner, return_inverse=True)
        first = np.full(keys.size, np.iinfo(np.int64).max)
        np.minimum.at(first, at, when)
        offset = when - first[at]
        length = np.zeros(keys.size, np.int64)
        np.maximum.at(length, at, offset + 1)
        shape = keys.size, int(length.max(initial=1))
        if np.unique(at * shape[1] + offset).size != owner.size:
            raise ValueError("an account has two rows for one step")
        padded = np.full((*shape, len(measures)), np.nan)
        moved = np.zeros((*shape, len(input_names)))
        padded[at, offset] = np.asarray(values, float).reshape(owner.size, len(measures))
        moved[at, offset] = np.asarray(inputs, float).reshape(owner.size, len(input_names))
        return cls(keys, length, padded, moved, tuple(measures), tuple(input_names))
