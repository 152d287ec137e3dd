"""From the boosting library's trees to tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from tenure.engine.hazards.lookup import Lookup
from tenure.engine.panel.rows import Floats, Ints


@dataclass(frozen=True)
class Split:
    """One question of a tree: is the feature ≤ threshold? `absent`: the answer where not known."""

    feature: int
    threshold: float
    absent: bool


@dataclass(frozen=True)
class Slot:
    """A feature of a tree: `values` (k,) stand for its k cells, `cells` (bins,) the cell by bin."""

    feature: int
    values: Floats
    cells: Ints


def splits_of(node: dict[str, Any]) -> Iterator[Split]:
    """All questions of a tree as the library describes it."""
    if "split_index" not in node:
        return
    threshold = float(node["threshold"])
    # Without absent values in training the library takes one for a 0.
    absent = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0.0
    yield Split(int(node["split_feature"]), threshold, bool(absent))
    for side in ("left_child", "right_child"):
        yield from splits_of(node[side])


def tabulate(booster: Any, features: int) -> Lookup:
    """Tables of a trained booster on so many features."""
    trees = [list(splits_of(t["tree_structure"])) for t in booster.dump_model()["tree_info"]]
    edges = [
        np.unique([s.threshold for tree in trees for s in tree if s.feature == j])
        for j in range(features)
    ]
    writer = _Writer(edges)
    for t, tree in enumerate(trees):
        slots = [_slot(tree, j, edges[j]) for j in sorted({s.feature for s in tree})]
        writer.add(booster, t, slots)
    return writer.lookup()


def _slot(tree: list[Split], feature: int, edges: Floats) -> Slot:
    mine = [s for s in tree if s.feature == feature]
    thresholds = np.unique([s.threshold for s in mine])
    values = _within(thresholds)
    # A bin's values are those up to its edge, so the edge stands for it.
    cells = np.searchsorted(thresholds, np.append(edges, np.inf), side="left")
    answers = [tuple(bool(v <= s.threshold) for s in mine) for v in values]
    absent = tuple(s.absent for s in mine)
    if absent in answers:
        return Slot(feature, values, np.append(cells, answers.index(absent)))
    return Slot(feature, np.append(values, np.nan), np.append(cells, values.size))


def _within(thresholds: Floats) -> Floats:
    """A value well inside each of the cells that thresholds (k,) make, (k + 1,).

    Not on a threshold: the library reads the tiny numbers that it puts beside 0 as 0 itself.
    """
    outer = 1.0 + np.abs(thresholds[[0, -1]])
    between = 0.5 * (thresholds[1:] + thresholds[:-1])
    ends = thresholds[0] - outer[0], thresholds[-1] + outer[1]
    return np.concatenate([[ends[0]], between, [ends[1]]])


class _Writer:
    def __init__(self, edges: list[Floats]) -> None:
        self.edges = edges
        self.slot_from, self.table_from = [0], [0]
        self.feature: list[int] = []
        self.map_from, self.shap_from = [0], [0]
        self.maps: list[Ints] = []
        self.score: list[Floats] = []
        self.shap: list[Floats] = []
        self.expected = 0.0

    def add(self, booster: Any, t: int, slots: list[Slot]) -> None:
        features = len(self.edges)
        rows = np.array(list(product(*(slot.values for slot in slots))), dtype=float)
        grid = np.zeros((rows.shape[0], features))
        grid[:, [slot.feature for slot in slots]] = rows
        shap = np.asarray(
            booster.predict(
                grid, start_iteration=t, num_iteration=1, pred_contrib=True, num_threads=1
            )
        )
        self.score.append(shap.sum(axis=1))
        self.expected += float(shap[0, features])
        stride = rows.shape[0]
        for slot in slots:
            stride //= slot.values.size
            self.feature.append(slot.feature)
            self.maps.append(slot.cells * stride)
            self.map_from.append(self.map_from[-1] + slot.cells.size)
            self.shap.append(shap[:, slot.feature])
            self.shap_from.append(self.shap_from[-1] + rows.shape[0])
        self.slot_from.append(len(self.feature))
        self.table_from.append(self.table_from[-1] + rows.shape[0])

    def lookup(self) -> Lookup:
        sizes = [e.size for e in self.edges]
        return Lookup(
            edges=_joined(self.edges),
            edge_from=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            slot_from=np.array(self.slot_from, dtype=np.int64),
            feature=np.array(self.feature, dtype=np.int64),
            map_from=np.array(self.map_from[:-1], dtype=np.int64),
            maps=_joined(self.maps).astype(np.int64),
            table_from=np.array(self.table_from[:-1], dtype=np.int64),
            score=_joined(self.score),
            shap_from=np.array(self.shap_from[:-1], dtype=np.int64),
            shap=_joined(self.shap),
            expected=self.expected,
        )


def _joined(parts: list[Any]) -> Floats:
    return np.concatenate([np.asarray(part, dtype=float) for part in parts] or [np.zeros(0)])
