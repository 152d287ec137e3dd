"""Reasons in which what comes first is given the credit for what follows from it.

A stalled onboarding shows in little use, and both in bad answers to surveys; a model that has all
three shares the risk among them as it needs. Told in the order of causes, a driver gets what the
forecast is expected to change once its features are known on top of those of earlier drivers:
asymmetric Shapley values with one order (C. Frye, C. Rowat and I. Feige 2020, Asymmetric Shapley
Values). Expectations are linear, by ridge as it comes over the rows learned from.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]


def in_order(
    score: Floats,
    known: Floats,
    asked: Floats,
    names: Sequence[str],
    order: Mapping[str, Sequence[str]],
) -> Floats:
    """Values (rows asked, drivers) in the order of `order`, driver → names of its features.

    `score` (n,): log-odds of the rows learned from, less their base; `known` (n, p) and `asked`
    (m, p): features by `names`, which may repeat for months ahead. They add up to what a linear
    model expects from all features, less the mean.
    """
    seen = np.zeros(len(names), dtype=bool)
    told = [np.full(asked.shape[0], score.mean())]
    for features in order.values():
        seen |= np.isin(names, list(features))
        steps = (
            SimpleImputer(add_indicator=True, keep_empty_features=True),
            StandardScaler(),
            Ridge(),
        )
        model = make_pipeline(*steps).fit(known[:, seen], score)
        told.append(np.asarray(model.predict(asked[:, seen])))
    return np.diff(np.stack(told, axis=1), axis=1)
