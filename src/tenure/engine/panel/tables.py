"""The plain tables a panel is made from. Any order of rows, and repeated rows, mean the same.

Accounts are whole numbers. Dates may be anything NumPy reads as dates or times. "Recorded" is when
the source learned of a fact, "occurred" when it was true; without the first no table can tell what
was known at a date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.calendar import Days, as_days, as_seconds
from tenure.engine.panel.rows import CHURN, Floats, Ints


def _same_length(table: Any, names: Sequence[str]) -> None:
    sizes = {name: int(np.asarray(getattr(table, name)).shape[0]) for name in names}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"The columns of {type(table).__name__} differ in length: {sizes}.")


def _set(table: Any, **columns: Any) -> None:
    for name, values in columns.items():
        object.__setattr__(table, name, values)
    _same_length(table, list(columns))


@dataclass(frozen=True)
class Spells:
    """Times at risk, one row for each time an account was there.

    Attributes:
        account: (s,) keys.
        began: (s,) first day there.
        ended: (s,) first day not there any more; NaT while it is.
        end_recorded: (s,) when the end was recorded; not used where `ended` is NaT.
        cause: (s,) why it ended; "churn" is what is forecast, any other word (a merger, a move to
            another panel) only ends the time in which the account is followed. All "churn" when
            None.
        known_from: (s,) when the spell itself was recorded; on its first day when None.
    """

    account: Ints
    began: Days
    ended: Days
    end_recorded: Days
    cause: NDArray[np.str_] | None = None
    known_from: Days | None = None

    def __post_init__(self) -> None:
        _set(
            self,
            account=np.asarray(self.account, dtype=np.int64),
            began=as_days(self.began),
            ended=as_days(self.ended),
            end_recorded=as_days(self.end_recorded),
        )
        if self.cause is not None:
            _set(self, account=self.account, cause=np.asarray(self.cause).astype(np.str_))
        if self.known_from is not None:
            _set(self, account=self.account, known_from=as_days(self.known_from))
        if np.isnat(self.began).any():
            raise ValueError("Every spell needs the day it began.")
        if (~np.isnat(self.ended) & np.isnat(self.end_recorded)).any():
            raise ValueError("Every end needs the day it was recorded.")

    @property
    def causes(self) -> NDArray[np.str_]:
        """`cause`, all churn when there is none, (s,)."""
        return np.full(self.account.shape, CHURN) if self.cause is None else self.cause

    @property
    def seen(self) -> Days:
        """`known_from`, the first day of each spell when there is none, (s,)."""
        return self.began if self.known_from is None else self.known_from


@dataclass(frozen=True)
class Arrivals:
    """What else may come while an account is there: contraction, expansion, becoming a client.

    Attributes:
        account: (a,) keys.
        cause: (a,) words.
        occurred: (a,) day it came.
        recorded: (a,) day it was recorded.
    """

    account: Ints
    cause: NDArray[np.str_]
    occurred: Days
    recorded: Days

    def __post_init__(self) -> None:
        _set(
            self,
            account=np.asarray(self.account, dtype=np.int64),
            cause=np.asarray(self.cause).astype(np.str_),
            occurred=as_days(self.occurred),
            recorded=as_days(self.recorded),
        )


@dataclass(frozen=True)
class Observations:
    """Measured values, one a row (long form).

    A later record of the same account, name and time replaces the earlier one from the moment it
    was recorded; nan as a value takes it back. Of two values with the same times the greater
    counts, nan above all.

    Attributes:
        account: (v,) keys.
        name: (v,) whole numbers, indexes into `names`.
        occurred: (v,) time of the value, to the second.
        recorded: (v,) time it was recorded.
        value: (v,) numbers.
        names: What is measured.
    """

    account: Ints
    name: NDArray[np.integer[Any]]
    occurred: Days
    recorded: Days
    value: Floats
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        _set(
            self,
            account=np.asarray(self.account, dtype=np.int64),
            name=np.asarray(self.name),
            occurred=as_seconds(self.occurred),
            recorded=as_seconds(self.recorded),
            value=np.asarray(self.value, dtype=np.float64),
        )
        if self.name.size and not (self.name.min() >= 0 and self.name.max() < len(self.names)):
            raise ValueError("Observations name something that is not among `names`.")

    @classmethod
    def of_words(
        cls, account: Any, name: Any, occurred: Any, recorded: Any, value: Any
    ) -> "Observations":
        """From a column of words as names."""
        words, codes = np.unique(np.asarray(name).astype(np.str_), return_inverse=True)
        names = tuple(str(word) for word in words)
        return cls(account, codes.astype(np.int32), occurred, recorded, value, names)


@dataclass(frozen=True)
class Terms:
    """Contract terms as they were recorded: each row replaces the account's earlier ones.

    Attributes:
        account: (c,) keys.
        known_from: (c,) day the terms were recorded.
        renews: (c,) a renewal date, the next one when recorded; NaT when not known.
        months: (c,) length of the term that each renewal starts, whole months ≥ 1; nan when not
            known, and then no renewal after `renews` is expected.
        automatic: (c,) 1.0 when it renews by itself, 0.0 when not, nan when not known.
        notice_effect: (c,) day on which a notice that was given takes effect; NaT without notice.
    """

    account: Ints
    known_from: Days
    renews: Days
    months: Floats
    automatic: Floats
    notice_effect: Days

    def __post_init__(self) -> None:
        _set(
            self,
            account=np.asarray(self.account, dtype=np.int64),
            known_from=as_days(self.known_from),
            renews=as_days(self.renews),
            months=np.asarray(self.months, dtype=np.float64),
            automatic=np.asarray(self.automatic, dtype=np.float64),
            notice_effect=as_days(self.notice_effect),
        )
        known = self.months[~np.isnan(self.months)]
        if ((known < 1) | (known != np.floor(known))).any():
            raise ValueError("Terms are whole months, 1 or more.")


@dataclass(frozen=True)
class Grid:
    """Which rows a panel has and how far they are followed.

    Attributes:
        first, last: The first and last origin; origins are monthly from the first on. The last
            month is cut at `last`.
        as_of: The day of the tables: nothing recorded later is used, not even for labels.
        horizons: H, months to describe ahead.
        gap: Blind days between an origin and the first day that labels count. An account that
            ended within them gives no row.
        delay: Days within which ends are reported. Label months count as closed only when they
            ended that long before `as_of`, so an end that is not reported yet is not mistaken for
            a stay.
    """

    first: date
    last: date
    as_of: date
    horizons: int = 24
    gap: int = 0
    delay: int = 0

    def __post_init__(self) -> None:
        if not self.first <= self.last <= self.as_of:
            raise ValueError("A grid needs first ≤ last ≤ as_of.")
        if self.horizons < 1 or self.gap < 0 or self.delay < 0:
            raise ValueError("A grid needs a horizon of a month or more, and no negative days.")
