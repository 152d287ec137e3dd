"""From weekly answers to levels that do not flap.

Whether an account pays is a fact and moves it at once: prospect → customer → former, and back to
customer when it returns. The levels above customer are judgements and need runs of weeks:

- promotion to client (advocate) after `promote_after` consecutive weeks whose answer is yes;
- demotion after `demote_after` weeks that answer no, with no yes between them. A week of *unknown*
  neither counts nor clears the run: a source that falls silent does not demote anybody. Meanwhile
  the account is *slipping*. It falls to the best level that some week of the run did not deny.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.engine.ladder.answers import NO, YES, Answers

Small: TypeAlias = NDArray[np.int8]
Counts: TypeAlias = NDArray[np.int16]
Flags: TypeAlias = NDArray[np.bool_]

LEVELS = ("prospect", "former", "customer", "client", "advocate")
PROSPECT, FORMER, CUSTOMER, CLIENT, ADVOCATE = (np.int8(i) for i in range(5))


@dataclass(frozen=True)
class Climb:
    """Where n accounts stand after a week, and the runs that carry over to the next.

    All of shape (n,). `level`: index into LEVELS, −1 before the first week. `for_client`,
    `for_advocate`: consecutive weeks answering yes. `below`: weeks that answered below the level;
    `best`: the best level that one of these weeks did not deny.
    """

    level: Small
    for_client: Counts
    for_advocate: Counts
    below: Counts
    best: Small

    @classmethod
    def start(cls, n: int) -> "Climb":
        """The state before the first week."""
        zeros = np.zeros(n, dtype=np.int16)
        return cls(np.full(n, -1, np.int8), zeros, zeros.copy(), zeros.copy(), np.zeros(n, np.int8))

    @property
    def slipping(self) -> Flags:
        """Below its level, not yet demoted."""
        return np.asarray(self.below > 0)


def qualifies_as(paying: Flags, ever_paid: Flags, client: Answers, advocate: Answers) -> Small:
    """The level one week's answers alone would give; unknown counts as not yes."""
    unpaid = np.where(ever_paid, FORMER, PROSPECT)
    judged = np.where(advocate == YES, ADVOCATE, np.where(client == YES, CLIENT, CUSTOMER))
    return np.where(paying, judged, unpaid).astype(np.int8)


def step(
    before: Climb,
    paying: Flags,
    ever_paid: Flags,
    client: Answers,
    advocate: Answers,
    promote_after: int,
    demote_after: int,
) -> Climb:
    """The state after one more weekly evaluation. All arrays (n,); the runs are at least 1."""
    now = qualifies_as(paying, ever_paid, client, advocate)
    for_client = _run(before.for_client, paying & (client == YES))
    for_advocate = _run(before.for_advocate, paying & (advocate == YES))
    level = np.where(paying, np.maximum(before.level, CUSTOMER), now).astype(np.int8)
    level = np.where(for_client >= promote_after, np.maximum(level, CLIENT), level)
    level = np.where(for_advocate >= promote_after, ADVOCATE, level).astype(np.int8)

    above = np.where(level == ADVOCATE, advocate, client)
    judged = level > CUSTOMER
    counts = judged & (above == NO)
    cleared = ~judged | (above == YES) | (level != before.level)
    below = np.where(counts, before.below + 1, np.where(cleared, 0, before.below))
    open_to = np.where(advocate != NO, ADVOCATE, np.where(client != NO, CLIENT, CUSTOMER))
    fresh = np.where(before.below > 0, np.maximum(before.best, open_to), open_to)
    best = np.where(counts, fresh, np.where(below > 0, before.best, 0)).astype(np.int8)

    falls = below >= demote_after
    level = np.where(falls, best, level).astype(np.int8)
    return Climb(
        level=level,
        for_client=for_client,
        for_advocate=for_advocate,
        below=np.where(falls, 0, below).astype(np.int16),
        best=np.where(falls, 0, best).astype(np.int8),
    )


def _run(before: Counts, goes_on: Flags) -> Counts:
    return np.where(goes_on, np.minimum(before + 1, 1000), 0).astype(np.int16)
