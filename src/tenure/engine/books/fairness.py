"""How evenly something is spread over people."""

from collections.abc import Sequence

import numpy as np


def gini(values: Sequence[float]) -> float | None:
    """The Gini coefficient of amounts that are not negative.

    G = Σ_i Σ_j |x_i − x_j| / (2 n² x̄): half the mean difference between two, over the mean. 0 when
    all are equal, (n − 1)/n when one has everything. It is worked out from the sorted amounts,
    G = 2 Σ_i i·x_(i) / (n Σ x) − (n + 1)/n, which is the same sum.

    Args:
        values: (n,) amounts, in any unit.

    Returns:
        0 to (n − 1)/n; None for fewer than two amounts, or when they sum to nothing.

    Raises:
        ValueError: If an amount is negative or not finite.

    Source: Gini (1912), Variabilità e mutabilità; the sorted form as in Sen (1973), On Economic
    Inequality, section 2.4.
    """
    amounts = np.sort(np.asarray(values, dtype=float))
    if not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise ValueError("amounts must be finite and not negative")
    count, total = len(amounts), float(amounts.sum())
    if count < 2 or total <= 0:
        return None
    ranks = np.arange(1, count + 1)
    found = 2.0 * float(ranks @ amounts) / (count * total) - (count + 1) / count
    return max(found, 0.0)
