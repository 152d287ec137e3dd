"""A fitted model of relationship states, and what it says of accounts as of each step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.hmm.emissions import Emissions
from tenure.engine.hmm.moves import Moves
from tenure.engine.hmm.packing import Packed, pack
from tenure.engine.hmm.recursions import forward, log_sum
from tenure.engine.hmm.sequences import Floats, Sequences


@dataclass(frozen=True)
class Model:
    """K ordered states, the lowest first.

    Attributes:
        start: (K,) chances of the state at an account's first step.
        moves: Thresholds and effects, in the inputs' own units.
        emissions: What accounts in each state look like.
        input_names: The P names of the inputs.
    """

    start: Floats
    moves: Moves
    emissions: Emissions
    input_names: tuple[str, ...]

    @property
    def states(self) -> int:
        """K."""
        return int(self.start.size)

    def filtered(self, data: Sequences) -> Floats:
        """P(state at step t | what was observed up to t), (N, T, K); nan past an account's end.

        Nothing later than t enters, so what is shown of a past step is what could be known then
        (given the parameters; fit these on data up to the day that is looked at).
        """
        packed = pack(self._fitting(data))
        reached = self._forward(packed)
        shown = np.full((len(data), data.values.shape[1], self.states), np.nan)
        rows = packed.order[packed.place], packed.step
        shown[rows] = np.exp(reached - log_sum(reached, 1)[:, None])
        return shown

    def log_likelihood(self, data: Sequences) -> Floats:
        """Ln P(all observations) of each account, (N,)."""
        packed = pack(self._fitting(data))
        found = np.empty(len(data))
        found[packed.order] = log_sum(self._forward(packed)[packed.final], 1)
        return found

    def ahead(self, now: Floats, inputs: ArrayLike) -> Floats:
        """Chances of the states after each of H further steps, (n, H, K), by the inputs to come.

        `now`: (n, K) filtered chances at the last step. `inputs`: (n, H, P) or (H, P); compare an
        answer with encounters to one without to see what they would do.
        """
        coming = np.asarray(inputs, dtype=float)
        coming = np.broadcast_to(coming, (now.shape[0], *coming.shape[-2:]))
        path = np.empty((now.shape[0], coming.shape[1], self.states))
        chance = now
        for step in range(coming.shape[1]):
            chance = np.einsum("ni,nij->nj", chance, self.moves.matrix(coming[:, step]))
            path[:, step] = chance
        return path

    def _forward(self, packed: Packed) -> Floats:
        if not packed.begin.size:
            return np.empty((0, self.states))
        log_moves = self.moves.log_matrix(packed.inputs)
        seen = self.emissions.log_density(packed.values)
        return forward(np.log(self.start), log_moves, seen, packed)

    def _fitting(self, data: Sequences) -> Sequences:
        if data.measures != self.emissions.measures or data.input_names != self.input_names:
            raise ValueError("the sequences have other measures or inputs than the model")
        return data
