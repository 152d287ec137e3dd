"""The panel: one row per account and month at risk, with what was known and what came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHURN, CONTRACTION, EXPANSION, CLIENT = "churn", "contraction", "expansion", "client"


@dataclass(frozen=True)
class Panel:
    """n rows of accounts at their test dates ("origins"), p features, horizons 1…H in months.

    Attributes:
        account: Key of the account of each row, (n,) int64. Rows of one account belong together
            when data are split into folds.
        origin: Test date of each row, (n,) datetime64[D]. Features hold what was recorded by then.
        features: (n, p) float64; nan where a value is not known.
        names: The p names of the features.
        causes: The K things that may come; the first ends an account's time at risk.
        months: (n, K) int64; the month after the origin (1, 2, …) in which each cause first came,
            0 where it was not seen. Causes after the first are only seen while the account is
            there.
        followed: (n,) int64, whole months after the origin whose label window is closed. A cause
            that was not seen has not come in these months; nothing is known of later ones. A row
            that churned in month m is followed m months or more.
        ahead: (n, H, q) float64; what is known at the origin about each month to come (a renewal
            falls into it, notice takes effect in it, …); nan where not known. q may be 0.
        ahead_names: The q names.
        weight: (n,) float64 or None for all one.
    """

    account: Ints
    origin: NDArray[np.datetime64]
    features: Floats
    names: tuple[str, ...]
    causes: tuple[str, ...]
    months: Ints
    followed: Ints
    ahead: Floats
    ahead_names: tuple[str, ...] = ()
    weight: Floats | None = None

    def __post_init__(self) -> None:
        n = self.account.shape[0]
        shapes = {
            "origin": (self.origin.shape, (n,)),
            "features": (self.features.shape, (n, len(self.names))),
            "months": (self.months.shape, (n, len(self.causes))),
            "followed": (self.followed.shape, (n,)),
            "ahead": (self.ahead.shape[::2], (n, len(self.ahead_names))),
        }
        wrong = [
            f"{name} is {has}, not {must}" for name, (has, must) in shapes.items() if has != must
        ]
        if wrong:
            raise ValueError("A panel's parts do not fit together: " + "; ".join(wrong) + ".")

    def __len__(self) -> int:
        return int(self.account.shape[0])

    @property
    def horizons(self) -> int:
        """H, the number of months ahead that `ahead` describes."""
        return int(self.ahead.shape[1])

    def take(self, rows: Any) -> "Panel":
        """Some rows, by index or mask, in the order given."""
        return replace(
            self,
            account=self.account[rows],
            origin=self.origin[rows],
            features=self.features[rows],
            months=self.months[rows],
            followed=self.followed[rows],
            ahead=self.ahead[rows],
            weight=None if self.weight is None else self.weight[rows],
        )

    def only(self, names: Sequence[str]) -> "Panel":
        """The same rows with some of the features, in the order given."""
        at = [self.names.index(name) for name in names]
        return replace(self, features=self.features[:, at], names=tuple(names))

    def label(self, cause: str, horizon: int) -> Floats:
        """Whether a cause came within `horizon` months: (n,) 1.0, 0.0, or nan where not known yet.

        A cause other than the first counts as not having come once the first came before it.
        """
        at = self.causes.index(cause)
        came = (self.months[:, at] > 0) & (self.months[:, at] <= horizon)
        gone = (self.months[:, 0] > 0) & (self.months[:, 0] <= horizon)
        known = came | gone | (self.followed >= horizon)
        return np.where(known, came.astype(float), np.nan)


def spell_panel(
    duration: Any,
    event: Any,
    features: Any,
    names: Sequence[str],
    *,
    horizons: int | None = None,
    account: Any = None,
) -> Panel:
    """A panel of one row per account from a plain survival table.

    Args:
        duration: (n,) months from the origin to the event or to the end of observation, ≥ 1.
        event: (n,) truth of whether the event (churn) came at the end of `duration`.
        features: (n, p) known at the origin.
        names: The p names of the features.
        horizons: How many months ahead to forecast; the longest duration when None.
        account: (n,) keys; 0, 1, … when None.
    """
    time = np.asarray(duration, dtype=np.int64)
    came = np.asarray(event, dtype=bool)
    if (time < 1).any():
        raise ValueError("Durations are whole months from 1 on; drop rows that were never at risk.")
    size = time.shape[0]
    months = int(horizons or time.max(initial=1))
    return Panel(
        account=np.arange(size) if account is None else np.asarray(account, dtype=np.int64),
        origin=np.full(size, np.datetime64("1970-01-01", "D")),
        features=np.asarray(features, dtype=float),
        names=tuple(names),
        causes=(CHURN,),
        months=np.where(came, time, 0)[:, None],
        followed=time,
        ahead=np.zeros((size, months, 0)),
    )
