"""From dated levels to monthly steps: which account stood where at the start of each month."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]

STATES = ("prospect", "customer", "client", "advocate", "former")
PROSPECT, CUSTOMER, CLIENT, ADVOCATE, FORMER = range(5)
CLIENTS = (CLIENT, ADVOCATE)
"""Every advocate is a client."""
OUT_OF_SIGHT = -1
"""In place of a state: not followed from this day on, so nothing later is known (censored)."""


@dataclass(frozen=True)
class Histories:
    """Changes of state of several accounts, followed until one day.

    Attributes:
        account: (m,) int64, the index 0…A−1 of the account that changed.
        state: (m,) int64, the state it entered, or OUT_OF_SIGHT.
        since: (m,) datetime64[D], the day of the change. The first one of an account is when it
            came into sight; of several on one day the last given counts.
        until: The first day that is not observed any more; later changes are not looked at.
        accounts: A, how many accounts there are.
        states: S, how many states there are.
    """

    account: Ints
    state: Ints
    since: Days
    until: np.datetime64
    accounts: int
    states: int = len(STATES)

    def __post_init__(self) -> None:
        if not self.account.shape == self.state.shape == self.since.shape or self.state.ndim != 1:
            raise ValueError("account, state and since must be vectors of the same length")
        if ((self.account < 0) | (self.account >= self.accounts)).any():
            raise ValueError("accounts are numbered from 0 to accounts − 1")
        if ((self.state < OUT_OF_SIGHT) | (self.state >= self.states)).any():
            raise ValueError("a state is outside the list of states")
        if np.isnat(self.since).any():
            raise ValueError("every change needs a day")

    @classmethod
    def of(
        cls, account: ArrayLike, state: ArrayLike, since: ArrayLike, until: object, accounts: int
    ) -> "Histories":
        """Histories from anything NumPy reads as numbers and days."""
        return cls(
            account=np.asarray(account, dtype=np.int64),
            state=np.asarray(state, dtype=np.int64),
            since=np.asarray(since, dtype="datetime64[D]"),
            until=np.datetime64(str(until), "D"),
            accounts=accounts,
        )


def month_grid(told: Histories) -> NDArray[np.int64]:
    """The state of each account at the start of each month, (A, M); −1 where it was not in sight.

    Months run from the first that has anybody in sight at its start to the last whose first day
    is before `until`.
    """
    owner, entered, day = in_order(told)
    if not owner.size:
        return np.full((told.accounts, 0), OUT_OF_SIGHT)
    first = day.min().astype("datetime64[M]")
    months = np.arange(first, (told.until - 1).astype("datetime64[M]") + 1)
    starts = months.astype("datetime64[D]").astype(np.int64)
    # One sorted key over accounts and days finds all states in force by a single search.
    numbers = day.astype(np.int64)
    span = int(max(numbers.max(), starts.max()) - numbers.min()) + 2
    base = numbers.min() - 1
    wanted = np.arange(told.accounts)[:, None] * span + np.clip(starts - base, 0, None)
    found = np.searchsorted(owner * span + numbers - base, wanted, side="right") - 1
    own = (found >= 0) & (owner[found] == np.arange(told.accounts)[:, None])
    grid = np.where(own, entered[found], OUT_OF_SIGHT)
    return grid[:, (grid >= 0).any(axis=0).argmax() :] if (grid >= 0).any() else grid[:, :0]


def monthly_counts(
    told: Histories, group: ArrayLike | None = None, groups: int = 1, last_months: int | None = None
) -> Floats:
    """How often accounts went from state i to state j within a month, (G, S, S).

    A step counts when the account is in sight at both ends, so accounts that came late or went out
    of sight count for the months they were seen (discrete-time multinomial with independent
    censoring). Of several changes within a month only where they led is seen.

    Args:
        told: The histories.
        group: (A,) the index 0…G−1 of each account's segment; all in one when None.
        groups: G.
        last_months: Count only the newest so many steps; all when None.
    """
    grid = month_grid(told)
    grid = grid if last_months is None else grid[:, -(last_months + 1) :]
    size = told.states
    segment = np.zeros(told.accounts, np.int64) if group is None else np.asarray(group, np.int64)
    if segment.shape != (told.accounts,) or ((segment < 0) | (segment >= groups)).any():
        raise ValueError("every account needs a group from 0 to groups − 1")
    before, after = grid[:, :-1], grid[:, 1:]
    seen = (before >= 0) & (after >= 0)
    cell = (segment[:, None] * size + before) * size + after
    counts = np.bincount(cell[seen], minlength=groups * size * size)
    return counts.reshape(groups, size, size).astype(float)


def in_order(told: Histories) -> tuple[Ints, Ints, Days]:
    """Changes by account and day, before `until`, one a day; account, state and day."""
    early = told.since < told.until
    owner, state, day = told.account[early], told.state[early], told.since[early]
    order = np.lexsort((np.arange(owner.size), day, owner))
    owner, state, day = owner[order], state[order], day[order]
    last = np.ones(owner.size, dtype=bool)
    last[:-1] = (owner[1:] != owner[:-1]) | (day[1:] != day[:-1])
    return owner[last], state[last], day[last]
