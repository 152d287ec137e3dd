"""How well a ranking finds those whom treatment moves: Qini and uplift curves.

Both walk down a ranking by score and count what treatment has added among the first k rows. In a
test with one propensity for all,

    Q(k) = Y₁(k) − Y₀(k) · N₁(k)/N₀(k)                  (N. J. Radcliffe 2007, Using control groups
    U(k) = (Y₁(k)/N₁(k) − Y₀(k)/N₀(k)) · k               to target on predicted lift; P. Gutierrez
                                                          and J.-Y. Gérardy 2017, PMLR 67, 1-13)

with Y and N the outcomes and numbers of the treated (1) and untreated (0) among the first k.
Where an arm is still empty, its part counts as 0. Rows of equal score are passed together.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.uplift.log import Floats


@dataclass(frozen=True)
class Curve:
    """Points of a curve from 0 rows to all, (m,) each: rows passed, and what was added."""

    rows: Floats
    added: Floats

    @property
    def area(self) -> float:
        """Area between the curve and the straight line to its end, over n²: per row, both ways.

        So 0 is no better than random, and n times it is the mean height above random.
        """
        n = float(self.rows[-1])
        line = self.added[-1] * self.rows / n
        return float(np.trapezoid(self.added - line, self.rows)) / n**2

    @property
    def area_under(self) -> float:
        """Area under the curve over n², (the AUUC for `uplift_curve`)."""
        return float(np.trapezoid(self.added, self.rows)) / float(self.rows[-1]) ** 2


def qini_curve(outcome: Any, treated: Any, score: Any) -> Curve:
    """Q(k) at every distinct score.

    Args:
        outcome: (n,).
        treated: (n,) truths.
        score: (n,), highest first.

    Raises:
        ValueError: Lengths differ, or an arm is empty.
    """
    rows, y1, y0, n1, n0 = _passed(outcome, treated, score)
    return Curve(rows, y1 - y0 * _over(n1, n0))


def uplift_curve(outcome: Any, treated: Any, score: Any) -> Curve:
    """U(k) at every distinct score; arguments and errors as `qini_curve`."""
    rows, y1, y0, n1, n0 = _passed(outcome, treated, score)
    return Curve(rows, (_over(y1, n1) - _over(y0, n0)) * rows)


def auuc(outcome: Any, treated: Any, score: Any) -> float:
    """Area under the uplift curve over n², in the unit of the outcome."""
    return uplift_curve(outcome, treated, score).area_under


def qini(outcome: Any, treated: Any, score: Any) -> float:
    """Qini coefficient: the area above random over that of the best order there could be; ≤ 1.

    The best order has the treated with the highest outcomes first and the untreated with the
    highest last, as if each row's own outcome told its effect. nan where no order is better than
    another.
    """
    y, t = np.asarray(outcome, dtype=float), np.asarray(treated, dtype=bool)
    best = qini_curve(y, t, np.where(t, y, -y)).area
    own = qini_curve(y, t, score).area
    return own / best if best > 0 else float("nan")


def _passed(
    outcome: Any, treated: Any, score: Any
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    y, t = np.asarray(outcome, dtype=float), np.asarray(treated, dtype=bool)
    s = np.asarray(score, dtype=float)
    if y.ndim != 1 or y.shape != t.shape or y.shape != s.shape:
        raise ValueError("Outcome, treatment and score must be vectors of one length.")
    if not t.any() or t.all():
        raise ValueError("A curve needs treated and untreated rows.")
    order = np.argsort(-s, kind="stable")
    ranked = s[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    found = []
    for arm in (t, ~t):
        for amount in (y, np.ones(y.size)):
            passed = np.cumsum(np.where(arm, amount, 0.0)[order])[last]
            found.append(np.append(0.0, passed))
    rows = np.append(0.0, np.flatnonzero(last) + 1.0)
    return rows, found[0], found[2], found[1], found[3]


def _over(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.zeros(top.size), where=bottom > 0)
