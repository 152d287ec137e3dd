"""How two groups differ in the share of them that does something."""

from dataclasses import dataclass
from math import sqrt

from tenure.engine.retention import share_interval

COVERAGE = 0.90


@dataclass(frozen=True)
class Difference:
    """The share in the first group less that in the second, with its interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out that they are the same."""
        return self.low > 0.0 or self.high < 0.0


def difference(
    part: int, whole: int, other_part: int, other_whole: int, *, among: int = 1
) -> Difference | None:
    """Newcombe's interval of p1 - p2 for two independent shares, from Wilson's of each.

    low = d - sqrt((p1 - l1)^2 + (u2 - p2)^2), high = d + sqrt((u1 - p1)^2 + (p2 - l2)^2)
    (Newcombe, Statistics in Medicine 17, 1998, method 10).

    Args:
        part: How many of `whole` do it.
        whole: Size of the first group.
        other_part: How many of `other_whole` do it.
        other_whole: Size of the second group.
        among: How many such differences are looked at together. The intervals hold for all of
            them at once with 90 %, by Bonferroni: each has coverage 1 - 0.1 / among.

    Returns:
        None where a group is empty.
    """
    coverage = 1.0 - (1.0 - COVERAGE) / max(among, 1)
    one, two = (
        share_interval(part, whole, coverage),
        share_interval(other_part, other_whole, coverage),
    )
    if one is None or two is None:
        return None
    p, q = part / whole, other_part / other_whole
    return Difference(
        p - q,
        p - q - sqrt((p - one.low) ** 2 + (two.high - q) ** 2),
        p - q + sqrt((one.high - p) ** 2 + (q - two.low) ** 2),
    )
