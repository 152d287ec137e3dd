"""The versions of one measured value, by account, as they became known."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.panel.lookup import Timeline, distinct, earlier_smaller
from tenure.engine.panel.rows import Floats, Ints


@dataclass(frozen=True)
class Series:
    """Versions of one name's values, sorted by account code, time occurred, time recorded.

    `replaced` is when the next version of the same time was recorded, the greatest whole number
    without one. `back` points to the nearest earlier entry that was recorded before this one.
    """

    line: Timeline
    recorded: Ints
    replaced: Ints
    back: Ints
    value: Floats

    @classmethod
    def of(cls, code: Ints, occurred: Ints, recorded: Ints, value: Floats) -> "Series":
        """Of facts in any order; of several with the same times the greatest value is kept."""
        order = _sorted(code, occurred, recorded, value)
        code, occurred, recorded = code[order], occurred[order], recorded[order]
        replaced = np.full(code.size, np.iinfo(np.int64).max)
        same = (code[1:] == code[:-1]) & (occurred[1:] == occurred[:-1])
        replaced[:-1][same] = recorded[1:][same]
        back = earlier_smaller(code, recorded)
        return cls(Timeline.of(code, occurred), recorded, replaced, back, value[order])

    def newest(self, code: Ints, by: Ints, known: Ints) -> Ints:
        """Index of the newest value that occurred at or before `by` and was recorded by `known`."""
        at = self.line.last(code, by)
        late = np.flatnonzero(at >= 0)
        while late.size:
            late = late[self.recorded[at[late]] > known[late]]
            at[late] = self.back[at[late]]
            late = late[at[late] >= 0]
        return at


def _sorted(code: Ints, occurred: Ints, recorded: Ints, value: Floats) -> Ints:
    """Indexes in order of account and times, each of these once, with the greatest value."""
    # Two short sorts are several times as fast as one by four columns, which ties alone need.
    order = np.argsort(occurred, kind="stable")
    order = order[np.argsort(code[order], kind="stable")]
    code_in, time_in = code[order], occurred[order]
    if not ((code_in[1:] == code_in[:-1]) & (time_in[1:] == time_in[:-1])).any():
        return order
    order = distinct(code, occurred, recorded, value)
    last = np.zeros(order.size, dtype=bool)
    last[-1:] = True
    for column in (code, occurred, recorded):
        last[:-1] |= column[order[1:]] != column[order[:-1]]
    return order[last]
