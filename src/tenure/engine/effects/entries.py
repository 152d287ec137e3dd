"""What is known of the accounts a play was meant for, and which of it counts on a given day."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Endpoint:
    """What a play is judged by.

    Attributes:
        name: Such as `retention`, `mrr`, `health`, `usage`.
        days: Days after entry at which it is read (30, 90, 180).
        binary: Whether it is 0 or 1.
        worth: The least difference worth knowing, above 0, in the unit of the values; None: not
            said, and then nothing is said about how many accounts are needed.
        more_is_better: False for what should fall, such as tickets.
    """

    name: str
    days: float
    binary: bool = False
    worth: float | None = None
    more_is_better: bool = True

    def __post_init__(self) -> None:
        if not (np.isfinite(self.days) and self.days >= 0):
            raise ValueError("an endpoint is read some days after entry")
        if self.worth is not None and not (np.isfinite(self.worth) and self.worth > 0):
            raise ValueError("the least difference worth knowing is above 0")


@dataclass(frozen=True)
class Entries:
    """Accounts as they met a play's conditions, by intention to treat: whether or not it was done.

    An account may enter several times, always in the arm it was assigned to.

    Attributes:
        account: (n,) keys, all text or all whole numbers.
        held_out: (n,) the arm.
        propensity: (n,) chance of getting the play, above 0 and below 1, as logged.
        entered: (n,) day of entry, in days on any one scale.
        value: (n,) the endpoint's value `days` after entry; NaN = not known (yet). Of accounts that
            left it is known where it can be: retention 0, MRR and usage 0, not missing.
        covariates: (n, p) what was known before entry, those that tell most first (the endpoint's
            own value before entry, risk, value). NaN = not known.
    """

    account: NDArray[Any]
    held_out: Bools
    propensity: Floats
    entered: Floats
    value: Floats
    covariates: Floats

    def __post_init__(self) -> None:
        n = len(self.account)
        rows = (self.held_out, self.propensity, self.entered, self.value)
        if any(row.shape != (n,) for row in rows) or self.covariates.shape[:1] != (n,):
            raise ValueError("all parts of entries must have one row per entry")
        if self.covariates.ndim != 2:
            raise ValueError("covariates must be a table, one column each")
        if not ((self.propensity > 0) & (self.propensity < 1)).all():
            raise ValueError("a propensity must be above 0 and below 1")
        if not np.isfinite(self.entered).all():
            raise ValueError("the day of entry must be known")
        if np.isinf(self.value).any() or np.isinf(self.covariates).any():
            raise ValueError("values and covariates must be finite or NaN")


@dataclass(frozen=True)
class Sample:
    """One row for each of the a accounts that have entered by a day.

    Attributes:
        held_out, propensity: (a,) as in `Entries`.
        closed: (a,) an entry is as old as the endpoint asks for.
        measured: (a,) and its value is known.
        value: (a,) mean over the account's closed entries with known value; 0 where not measured.
        covariates: (a, p) those of its first entry.
    """

    held_out: Bools
    propensity: Floats
    closed: Bools
    measured: Bools
    value: Floats
    covariates: Floats


def sample_on(entries: Entries, endpoint: Endpoint, today: float) -> Sample:
    """What can be said of each account on a day.

    An account is one observation however often it entered: the mean of its entries, with the
    covariates of its first one, as later ones may already carry what the play did. So the variance
    is that clustered by account (with weights 1/entries, equal to Bell and McCaffrey's CR2), and
    rows that stand twice change nothing. Where a play changes who enters again, later entries are
    no longer drawn by lot: give first entries only.

    Raises:
        ValueError: If an account is in both arms or has two propensities, or a value of a binary
            endpoint is neither 0 nor 1.
    """
    if endpoint.binary and not np.isin(entries.value[~np.isnan(entries.value)], (0.0, 1.0)).all():
        raise ValueError("a binary endpoint is 0 or 1")
    rows = np.flatnonzero(entries.entered <= today)
    rows = rows[np.argsort(entries.entered[rows], kind="stable")]
    keys, first, of = np.unique(entries.account[rows], return_index=True, return_inverse=True)
    held, propensity = entries.held_out[rows], entries.propensity[rows]
    if (held != held[first][of]).any() or (propensity != propensity[first][of]).any():
        raise ValueError("an account keeps its arm and its propensity")
    value, closed = entries.value[rows], entries.entered[rows] + endpoint.days <= today
    known = closed & ~np.isnan(value)
    counts = np.bincount(of[known], minlength=len(keys))
    sums = np.bincount(of[known], weights=value[known], minlength=len(keys))
    return Sample(
        held_out=held[first],
        propensity=propensity[first],
        closed=np.bincount(of[closed], minlength=len(keys)) > 0,
        measured=counts > 0,
        value=np.asarray(sums / np.maximum(counts, 1), dtype=float),
        covariates=entries.covariates[rows][first],
    )
