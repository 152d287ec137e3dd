"""Sequences laid out for recursions over time: no padding, one block of rows for each step."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hmm.sequences import Floats, Ints, Sequences


@dataclass(frozen=True)
class Packed:
    """R = Σ length rows, step by step; within a step the longest accounts first.

    So the accounts that go on into step t are the first `alive[t]` of step t − 1, and the answer
    does not depend on the order in which accounts were given.

    Attributes:
        order: (N,) which account stands at each place.
        begin: (T,) first row of each step.
        alive: (T,) accounts that have each step.
        place: (R,) place of each row's account.
        step: (R,) step of each row.
        before: (R,) the row of the same account one step earlier; itself at step 0.
        final: (N,) last row of the account at each place.
        values: (R, M).
        inputs: (U, P) the distinct input vectors.
        which: (R,) the input vector of each row.
    """

    order: Ints
    begin: Ints
    alive: Ints
    place: Ints
    step: Ints
    before: Ints
    final: Ints
    values: Floats
    inputs: Floats
    which: Ints


def pack(data: Sequences) -> Packed:
    """Lay out sequences."""
    order = np.lexsort((data.account, -data.length))
    length = data.length[order]
    steps = int(length.max(initial=0))
    alive = (length[:, None] > np.arange(steps)).sum(axis=0)
    begin = np.concatenate([[0], np.cumsum(alive)])[:-1]
    step = np.repeat(np.arange(steps), alive)
    place = np.arange(step.size) - begin[step]
    before = np.where(step > 0, begin[np.maximum(step - 1, 0)] + place, place)
    rows = order[place], step
    inputs, which = np.unique(data.inputs[rows], axis=0, return_inverse=True)
    return Packed(
        order=order,
        begin=begin.astype(np.int64),
        alive=alive.astype(np.int64),
        place=place,
        step=step,
        before=before,
        final=begin[length - 1] + np.arange(order.size),
        values=data.values[rows],
        inputs=inputs,
        which=which.reshape(-1),
    )
