"""Boosted trees as tables: the same scores and the same TreeSHAP values, many times faster.

A small tree asks so few questions that every combination of answers can be listed. For each of
them the library itself computes the tree's score and its TreeSHAP values (S. M. Lundberg et al.
2020, From local explanations to global understanding with explainable AI for trees, Nature Machine
Intelligence 2, 56-67). An account's values are then found by its combination.
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.panel.rows import Floats, Ints


@dataclass(frozen=True)
class Lookup:
    """Tables of T trees on f features.

    Feature j has the thresholds edges[edge_from[j]:edge_from[j + 1]], ascending; a value x is in
    bin i when that many of them are below it, and an absent one in the last bin. Tree t has the
    slots slot_from[t]:slot_from[t + 1], one for each feature it uses: `feature` of the slot and
    `map_from`, from where on `maps` says by bin what the slot adds to the row number in the
    tree's table. Tables start at `table_from` (T,) in `score`; the TreeSHAP values of slot s start
    at `shap_from[s]` in `shap`. `expected`: the score of the average account.
    """

    edges: Floats
    edge_from: Ints
    slot_from: Ints
    feature: Ints
    map_from: Ints
    maps: Ints
    table_from: Ints
    score: Floats
    shap_from: Ints
    shap: Floats
    expected: float

    @property
    def trees(self) -> int:
        """T."""
        return int(self.table_from.shape[0])

    def bins(self, x: Floats, j: int) -> Ints:
        """Bins of the values of feature j."""
        edges = self.edges[self.edge_from[j] : self.edge_from[j + 1]]
        at = np.searchsorted(edges, x, side="left")
        return np.where(np.isnan(x), edges.size + 1, at)

    def uses(self, features: Ints) -> list[int]:
        """Trees that ask for one of these features."""
        asked = np.isin(self.feature, features)
        bounds = zip(self.slot_from[:-1], self.slot_from[1:], strict=True)
        return [t for t, (a, b) in enumerate(bounds) if asked[a:b].any()]

    def rows_of(self, t: int, bins: list[Ints]) -> Ints:
        """Row number in the table of tree t, (n,)."""
        total = np.zeros(bins[0].shape[0], dtype=np.int64)
        for s in range(self.slot_from[t], self.slot_from[t + 1]):
            total += self.maps[self.map_from[s] + bins[self.feature[s]]]
        return total

    def scores(self, bins: list[Ints], trees: list[int]) -> Floats:
        """Sum of the scores of some trees, (n,)."""
        out = np.zeros(bins[0].shape[0])
        for t in trees:
            out += self.score[self.table_from[t] + self.rows_of(t, bins)]
        return out

    def contributions(self, bins: list[Ints], trees: list[int], out: Floats) -> None:
        """Add the TreeSHAP values of some trees to `out` (f, n), by feature."""
        for t in trees:
            at = self.rows_of(t, bins)
            for s in range(self.slot_from[t], self.slot_from[t + 1]):
                out[self.feature[s]] += self.shap[self.shap_from[s] + at]
