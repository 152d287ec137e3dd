"""Telco: who left in the last month, yes or no. Five times five folds, stratified."""

import adapter
import numpy as np
import peers
import sources
from numpy.typing import NDArray
from results import Figure, Part, Table, at_least, at_most, between, counted, figures_of, interval
from sklearn.model_selection import RepeatedStratifiedKFold

from tenure.engine import scoring
from tenure.engine.hazards import encode
from tenure.engine.panel import spell_panel

Floats = NDArray[np.float64]
FOLDS, REPEATS = 5, 5
LEAK = 0.86
COLUMNS = ("", "AUC", "log loss", "Brier", "calibration error", "slope", "predicted/actual")


def run() -> Part:
    data = sources.telco()
    outcome = (data.pop("Churn") == "Yes").to_numpy().astype(float)
    features, names, _ = encode(data)
    panel = spell_panel(np.ones(outcome.size), outcome, features, names, horizons=1)
    splits = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=0)
    forecasts: dict[str, list[Floats]] = {name: [] for name in (adapter.NAME, *peers.YES_NO)}
    rows, chosen = [], set()
    folds = counted(splits.split(features, outcome), "telco", FOLDS * REPEATS)
    for train, test in folds:
        rows.append(test)
        ours, told = adapter.chances(panel.take(train), panel.take(test), 1)
        forecasts[adapter.NAME].append(ours)
        chosen.add(told.chosen)
        for name, peer in peers.YES_NO.items():
            forecasts[name].append(peer(features[train], outcome[train], features[test]))
    figures = {name: _scores(outcome, rows, parts) for name, parts in forecasts.items()}
    shown = Table(
        "Telco, churn in the last month", COLUMNS, figures_of(figures, (4, 4, 4, 4, 3, 3))
    )
    prose = (
        f"{outcome.size:,} customers, {outcome.mean():.1%} left. Means over {FOLDS * REPEATS} "
        "folds; slope, calibration error and intervals from all forecasts together, resampled by "
        f"customer. Chosen model: {', '.join(sorted(chosen))}."
    )
    return Part(
        prose, (shown, _differences(outcome, rows, forecasts)), _bars(figures[adapter.NAME])
    )


def _scores(
    outcome: Floats, rows: list[NDArray[np.int64]], parts: list[Floats]
) -> tuple[float, ...]:
    pairs = [(outcome[test], part) for test, part in zip(rows, parts, strict=True)]
    scores = (scoring.auc, scoring.log_loss, scoring.brier)
    means = [float(np.mean([score(y, p) for y, p in pairs])) for score in scores]
    y, p = outcome[np.concatenate(rows)], np.concatenate(parts)
    found = scoring.recalibration(y, p)
    return (*means, scoring.calibration_error(y, p), found.slope, found.ratio)


def _differences(
    outcome: Floats, rows: list[NDArray[np.int64]], forecasts: dict[str, list[Floats]]
) -> Table:
    account = np.concatenate(rows)
    ours = np.concatenate(forecasts[adapter.NAME])
    lines = []
    for name in peers.YES_NO:
        other = np.concatenate(forecasts[name])
        differences = [
            scoring.paired_difference(score, outcome[account], ours, other, account, draws=400)
            for score in (scoring.log_loss, scoring.auc)
        ]
        lines.append((f"less {name}", *(interval(found) for found in differences)))
    return Table(
        "Tenure less the others, with 95 % intervals", ("", "log loss", "AUC"), tuple(lines)
    )


def _bars(ours: tuple[float, ...]) -> tuple[Figure, ...]:
    auc, loss, slope = ours[0], ours[1], ours[4]
    return (
        at_least("TELCO AUC", auc, 0.848),
        at_most("TELCO AUC WITHOUT LEAK", auc, LEAK),
        at_most("TELCO LOG LOSS", loss, 0.411),
        between("TELCO CALIBRATION SLOPE", slope, 0.95, 1.05),
    )
