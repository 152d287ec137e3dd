"""The gradient-boosted hazard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.hazards.folds import Folds, Truths
from tenure.engine.hazards.library import lightgbm
from tenure.engine.hazards.lookup import Lookup
from tenure.engine.hazards.periods import Periods, Stretches
from tenure.engine.hazards.spans import middles
from tenure.engine.hazards.tabulate import tabulate
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

RATE = 0.05
ROUNDS = 600
PATIENCE = 40


@dataclass(frozen=True)
class Boosted:
    """Trees on p features, the middle month of the span and q known-ahead values, in this order.

    The score is added to the base rate's log-odds. `text` is the library's own form of the model,
    `lookup` its tables, `middle` (spans,) the months by which spans are known. `fill` (f,) is the
    median where training had no absent value, nan where the trees know what absence means.
    """

    text: str
    lookup: Lookup
    middle: Floats
    fill: Floats

    def scores(self, panel: Panel, stretches: Stretches) -> Floats:
        """(n, H) log-odds beyond the base rate."""
        lookup, p = self.lookup, len(panel.names)
        still, timed = self._trees(p)
        own = self._bins(panel)
        flat = lookup.scores(own, still)[stretches.row]
        flat += lookup.scores(self._wide(panel, own, stretches), timed)
        return flat[stretches.run]

    def contributions(self, panel: Panel, stretches: Stretches) -> Floats:
        """(p + 1 + q, stretches) TreeSHAP values, the middle month's at p."""
        lookup, p = self.lookup, len(panel.names)
        still, timed = self._trees(p)
        own = self._bins(panel)
        plain = np.zeros((p + 1 + len(panel.ahead_names), len(panel)))
        lookup.contributions(own, still, plain)
        out = plain[:, stretches.row]
        lookup.contributions(self._wide(panel, own, stretches), timed, out)
        return out

    def _trees(self, p: int) -> tuple[list[int], list[int]]:
        """Trees that ask for features only, and those that ask for the month or what is ahead."""
        f = self.lookup.edge_from.shape[0] - 1
        timed = self.lookup.uses(np.arange(p, f))
        return sorted(set(range(self.lookup.trees)) - set(timed)), timed

    def _bins(self, panel: Panel) -> list[Ints]:
        return [self._bin(panel.features[:, j], j) for j in range(len(panel.names))]

    def _bin(self, values: Floats, j: int) -> Ints:
        return self.lookup.bins(np.where(np.isnan(values), self.fill[j], values), j)

    def _wide(self, panel: Panel, own: list[Ints], stretches: Stretches) -> list[Ints]:
        p = len(panel.names)
        wide = [bins[stretches.row] for bins in own]
        wide.append(self._bin(self.middle[stretches.span], p))
        for j in range(len(panel.ahead_names)):
            values = panel.ahead[stretches.row, stretches.month - 1, j]
            wide.append(self._bin(values, p + 1 + j))
        return wide


def boosted_matrix(panel: Panel, periods: Periods, horizons: int) -> Floats:
    """(m, p + 1 + q) what the trees see of these stretches."""
    middle = middles(horizons)[periods.span]
    ahead = panel.ahead[periods.row, periods.month - 1]
    return np.concatenate([panel.features[periods.row], middle[:, None], ahead], axis=1)


@dataclass(frozen=True)
class Task:
    """What is boosted: `matrix` (m, f), offsets (m,), and how.

    `signs` (f,) are required directions, `overlap` the rows that an account has on average.
    """

    matrix: Floats
    periods: Periods
    offset: Floats
    signs: Ints
    overlap: float
    seed: int
    threads: int

    def part(self, which: Truths, reference: Any = None) -> Any:
        """Some stretches as the library's data set."""
        return lightgbm().Dataset(
            self.matrix[which],
            label=self.periods.came[which],
            weight=self.periods.weight[which] / self.overlap,
            init_score=self.offset[which],
            reference=reference,
            params={"max_bin": 127, "verbose": -1, "feature_pre_filter": False},
            free_raw_data=False,
        )

    def parameters(self) -> Mapping[str, Any]:
        """Slow, shallow, strongly held trees; leaves of five arrivals' worth of information."""
        return {
            "objective": "binary",
            "learning_rate": RATE,
            "num_leaves": 8,
            "max_depth": 4,
            "min_data_in_leaf": 10,
            "min_sum_hessian_in_leaf": 4.0,
            "lambda_l2": 5.0,
            "feature_fraction": 0.5,
            "monotone_constraints": self.signs.tolist() if self.signs.any() else None,
            "monotone_constraints_method": "intermediate",
            "boost_from_average": False,
            "max_bin": 127,
            "feature_pre_filter": False,
            "seed": self.seed,
            "num_threads": self.threads,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }


@dataclass(frozen=True)
class FoldedTrees:
    """The best number of rounds, cross-fitted scores with it (m,) and the trees of each cell.

    `nested` (m,): the scores of each fold with the number of rounds best for the other folds.
    """

    rounds: int
    scores: Floats
    forests: tuple[Any, ...]
    nested: Floats


def fold_boosted(task: Task, folds: Folds) -> FoldedTrees:
    """Cross-fit boosting; the number of rounds is that of least cross-fitted loss.

    Raises:
        NoBoosting: The library can't be loaded.
    """
    cells = list(folds.cells())
    boosters, loss = _grown(task, cells)
    total = loss.sum(axis=0)
    rounds = int(np.argmin(total)) + 1
    part = np.array([folds.fold[np.argmax(inside)] for _, inside in cells])
    scores, nested = np.zeros(folds.fold.size), np.zeros(folds.fold.size)
    for k, (booster, (_, inside)) in enumerate(zip(boosters, cells, strict=True)):
        elsewhere = int(np.argmin(total - loss[part == part[k]].sum(axis=0))) + 1
        scores[inside] = raw_scores(booster, task.matrix[inside], rounds)
        nested[inside] = scores[inside]
        if elsewhere != rounds:
            nested[inside] = raw_scores(booster, task.matrix[inside], elsewhere)
    return FoldedTrees(rounds, scores, boosters, nested)


def raw_scores(booster: Any, matrix: Floats, rounds: int) -> Floats:
    """(m,) log-odds beyond the offset by the first trees of the library's own model."""
    return np.asarray(booster.predict(matrix, raw_score=True, num_iteration=rounds))


def _grown(task: Task, cells: list[tuple[Truths, Truths]]) -> tuple[tuple[Any, ...], Floats]:
    """Trees of each cell, and the loss of its rest after each round, (cells, rounds).

    All grow until the rests together stop gaining: a forest stopped by its own rest would be
    shorter just where it is wrong by chance.
    """
    boosters = tuple(_planted(task, *cell) for cell in cells)
    weight = np.array([task.periods.weight[rest].sum() for _, rest in cells])
    curve: list[Floats] = []
    total: list[float] = []
    while len(total) < ROUNDS and len(total) - int(np.argmin([*total, np.inf])) <= PATIENCE:
        for booster in boosters:
            booster.update()
        curve.append(np.array([booster.eval_valid()[0][2] for booster in boosters]) * weight)
        total.append(float(curve[-1].sum()))
    return boosters, np.stack(curve, axis=1)


def _planted(task: Task, learn: Truths, rest: Truths) -> Any:
    """A forest without a tree that is to learn from some stretches and be held to the rest."""
    data = task.part(learn)
    booster = lightgbm().Booster({**task.parameters(), "metric": "binary_logloss"}, data)
    return booster.add_valid(task.part(rest, data), "rest")


def fit_boosted(task: Task, rounds: int, horizons: int) -> Boosted:
    """Fit to all stretches."""
    library = lightgbm()
    data = task.part(np.ones(task.offset.size, dtype=bool))
    text = library.train(dict(task.parameters()), data, rounds).model_to_string()
    booster = library.Booster(model_str=text)
    tables = tabulate(booster, task.matrix.shape[1])
    return Boosted(text, tables, middles(horizons), _fill(task.matrix))


def _fill(matrix: Floats) -> Floats:
    """Median of each column without an absent value; nan for the others."""
    return np.asarray(np.median(matrix, axis=0), dtype=float)
