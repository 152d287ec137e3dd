"""Two ways to learn a mean from features: ridge on bent columns, and boosted trees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.hazards.basis import Basis, make_basis
from tenure.engine.hazards.library import lightgbm
from tenure.engine.hazards.logistic import sigmoid, solve
from tenure.engine.uplift.log import Floats

RIDGE, BOOSTED = "ridge", "boosted"
STRENGTHS = tuple(float(10.0**power) for power in np.arange(0.0, 6.1, 0.5))
ROUNDS, PATIENCE = 200, 15
FEW_TO_BOOST = 400
"""Rows below which trees are not grown."""
_PARTS = 5
Mean = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Linear:
    """mean + columns · beta, through the logistic curve where `logistic`."""

    basis: Basis
    mean: float
    beta: Floats
    logistic: bool

    def __call__(self, features: Floats) -> Floats:
        """(n,) expected outcomes of features (n, p)."""
        score = self.mean + self.basis.columns(features) @ self.beta
        return sigmoid(score) if self.logistic else score


@dataclass(frozen=True)
class Trees:
    """A booster of the library."""

    booster: Any

    def __call__(self, features: Floats) -> Floats:
        """(n,) expected outcomes of features (n, p)."""
        return np.asarray(self.booster.predict(features, num_threads=1), dtype=float)


@dataclass(frozen=True)
class Constant:
    """The same for all."""

    mean: float

    def __call__(self, features: Floats) -> Floats:
        """(n,) the mean."""
        return np.full(features.shape[0], self.mean)


def fit_mean(base: str, features: Floats, outcome: Floats, seed: int) -> Mean:
    """Learn E[outcome | features] with one of the bases; the mean alone where that is all there is.

    Args:
        base: RIDGE or BOOSTED.
        features: (n, p), nan where not known.
        outcome: (n,); when all are 0 or 1, predictions are chances.
        seed: Of folds and trees.

    Raises:
        NoBoosting: LightGBM can't be loaded.
    """
    if outcome.size < 10 or float(np.ptp(outcome)) < 1e-12:
        return Constant(float(outcome.mean()) if outcome.size else 0.0)
    binary = bool(np.isin(outcome, (0.0, 1.0)).all())
    if base == BOOSTED and outcome.size >= FEW_TO_BOOST // 4:
        return _boosted(features, outcome, binary, seed)
    return _ridge(features, outcome, binary, seed)


def _ridge(features: Floats, outcome: Floats, binary: bool, seed: int) -> Mean:
    basis = make_basis(features)
    if not basis.size:
        return Constant(float(outcome.mean()))
    columns = basis.columns(features)
    strength = best_strength(columns, outcome, np.ones(basis.size), seed)
    if not binary:
        mean, beta = held(columns, outcome, strength * np.ones(basis.size))
        return Linear(basis, mean, beta, logistic=False)
    # On the log-odds a coefficient is about 1/(p(1 − p)) as large, so it is held as much less.
    mean = float(outcome.mean())
    penalty = np.append(1e-3, np.full(basis.size, strength * mean * (1.0 - mean)))
    wide = np.column_stack([np.ones(outcome.size), columns])
    start = np.full(outcome.size, np.log(mean / (1.0 - mean)))
    found = solve(wide, outcome, np.ones(outcome.size), start, penalty).beta
    return Linear(basis, float(start[0] + found[0]), found[1:], logistic=True)


def held(columns: Floats, outcome: Floats, penalty: Floats) -> tuple[float, Floats]:
    """Mean and coefficients β (d,) of least Σ(y − mean − xβ)² + Σ λ_j β_j²; the mean is free."""
    middle, mean = columns.mean(axis=0), float(outcome.mean())
    off = columns - middle
    beta = np.linalg.solve(off.T @ off + np.diag(penalty), off.T @ (outcome - mean))
    return mean - float(middle @ beta), np.asarray(beta)


def best_strength(columns: Floats, outcome: Floats, shape: Floats, seed: int) -> float:
    """λ of least cross-validated squared error, where column j is held by λ · shape_j.

    The strongest leaves the mean alone to all purposes, so noise need not be followed.
    """
    part = np.random.default_rng(seed).permutation(outcome.size) % _PARTS
    loss = np.zeros(len(STRENGTHS))
    for fold in range(_PARTS):
        out = part == fold
        x, y = columns[~out], outcome[~out]
        middle, mean = x.mean(axis=0), float(y.mean())
        root = np.sqrt(shape)
        off, there = (x - middle) / root, (columns[out] - middle) / root
        values, vectors = np.linalg.eigh(off.T @ off)
        turned, slope = there @ vectors, vectors.T @ (off.T @ (y - mean))
        for at, strength in enumerate(STRENGTHS):
            left = outcome[out] - mean - turned @ (slope / (np.maximum(values, 0.0) + strength))
            loss[at] += float(left @ left)
    return STRENGTHS[int(np.argmin(loss))]


def _boosted(features: Floats, outcome: Floats, binary: bool, seed: int) -> Mean:
    """Shallow trees, as many as a held-out fifth of the rows asks for."""
    library = lightgbm()
    aside = np.random.default_rng(seed).permutation(outcome.size) % _PARTS == 0
    if float(np.ptp(outcome[~aside])) < 1e-12:
        return Constant(float(outcome.mean()))
    options = {"max_bin": 63, "verbose": -1, "num_threads": 1}
    train = library.Dataset(features[~aside], label=outcome[~aside], params=options)
    test = library.Dataset(features[aside], label=outcome[aside], reference=train)
    parameters = options | {
        "objective": "binary" if binary else "regression",
        "learning_rate": 0.07,
        "num_leaves": 8,
        "max_depth": 4,
        "min_data_in_leaf": 30,
        "lambda_l2": 10.0,
        "feature_fraction": 0.7,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
    }
    booster = library.train(
        parameters, train, ROUNDS, valid_sets=[test],
        callbacks=[library.early_stopping(PATIENCE, verbose=False)],
    )  # fmt: skip
    return Trees(booster)
