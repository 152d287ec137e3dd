"""A book of paying accounts, and what may become of their MRR month by month."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Book:
    """n accounts over months 1…H.

    Attributes:
        mrr: (n,) MRR now, not negative, in one currency.
        churn: (n, H) chance to leave in month h, given that the account is there at its start.
        contraction: (n, H) chance to shrink in it, likewise.
        expansion: (n, H) chance to grow in it, likewise. At most one of the three comes in a month.
        cuts: (k,) observed sizes of contractions, as shares of MRR in (0, 1); one is drawn.
        raises: (l,) observed sizes of expansions, as shares of MRR above 0; one is drawn.
    """

    mrr: Floats
    churn: Floats
    contraction: Floats
    expansion: Floats
    cuts: Floats
    raises: Floats

    def __post_init__(self) -> None:
        moves = (self.churn, self.contraction, self.expansion)
        if self.mrr.ndim != 1 or any(m.shape != (self.mrr.size, m.shape[-1]) for m in moves):
            raise ValueError("chances must be (accounts, months), one row an account")
        if len({m.shape for m in moves}) != 1:
            raise ValueError("churn, contraction and expansion must cover the same months")
        if not (np.isfinite(self.mrr).all() and (self.mrr >= 0).all()):
            raise ValueError("MRR must be known and not negative")
        if (
            not all(((m >= 0) & (m <= 1)).all() for m in moves)
            or (np.sum(moves, axis=0) > 1 + 1e-9).any()
        ):
            raise ValueError("chances must lie in 0-1, and together not exceed 1")
        if not (((self.cuts > 0) & (self.cuts < 1)).all() and (self.raises > 0).all()):
            raise ValueError("cuts are shares in (0, 1), raises shares above 0")
        if (self.contraction.any() and not self.cuts.size) or (
            self.expansion.any() and not self.raises.size
        ):
            raise ValueError("what may come needs observed sizes to draw from")

    @classmethod
    def of(
        cls,
        mrr: ArrayLike,
        churn: ArrayLike,
        contraction: ArrayLike,
        expansion: ArrayLike,
        cuts: ArrayLike,
        raises: ArrayLike,
    ) -> "Book":
        """A book from anything NumPy reads as numbers."""
        parts = (mrr, churn, contraction, expansion, cuts, raises)
        return cls(*(np.asarray(part, dtype=float) for part in parts))

    @property
    def months(self) -> int:
        """H."""
        return int(self.churn.shape[1])

    @property
    def start(self) -> float:
        """MRR of the whole book now."""
        return float(self.mrr.sum())
