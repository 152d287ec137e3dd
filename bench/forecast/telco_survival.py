"""Telco: how long customers stay. Twice five folds, one model for every score."""

import adapter
import numpy as np
import peers
import sources
from numpy.typing import NDArray
from results import Figure, Part, Table, above, at_least, at_most, counted, figures_of, interval
from sklearn.model_selection import StratifiedKFold

from tenure.engine import scoring
from tenure.engine.hazards import encode
from tenure.engine.panel import spell_panel

Floats = NDArray[np.float64]
FOLDS, REPEATS, LAST = 5, 2, 72
MONTHS = np.arange(1, LAST + 1, dtype=float)
WITHIN = np.arange(6, 67)
YEARS = np.arange(12, 61, 12)
NOT_FEATURES = ["Churn", "tenure", "TotalCharges"]
COLUMNS = (
    "", "Harrell's C", "Uno's C", "IBS, months 6–66", "mean AUC", "D-calibration p", "p, exact day",
)  # fmt: skip


class Spells:
    """The customers that were there for a month at least."""

    def __init__(self) -> None:
        data = sources.telco()
        data = data[data["tenure"] > 0]
        self.duration = data["tenure"].to_numpy().astype(float)
        self.event = (data["Churn"] == "Yes").to_numpy()
        self.features, self.names, _ = encode(data.drop(columns=NOT_FEATURES))
        self.panel = spell_panel(
            self.duration, self.event, self.features, self.names, horizons=LAST
        )


def run() -> Part:
    data = Spells()
    scores: dict[str, list[tuple[float, ...]]] = {}
    whole: dict[str, list[Floats]] = {}
    for repeat in range(REPEATS):
        splits = StratifiedKFold(FOLDS, shuffle=True, random_state=repeat)
        folds = splits.split(data.features, data.event)
        for train, test in counted(folds, f"telco-survival, repeat {repeat + 1}", FOLDS):
            for name, survival in _fold(data, train, test).items():
                scores.setdefault(name, []).append(_scores(data, train, test, survival))
                all_rows = whole.setdefault(name, [])
                if len(all_rows) == repeat:
                    all_rows.append(np.empty((data.duration.size, LAST)))
                all_rows[repeat][test] = survival
    calibrated = {name: _calibration(data, curves) for name, curves in whole.items()}
    figures = {
        name: (*np.mean(scores[name], axis=0).tolist(), *calibrated[name]) for name in scores
    }
    shown = Table("Telco, months until churn", COLUMNS, figures_of(figures, (4, 4, 4, 4, 3, 3)))
    prose = (
        f"{data.duration.size:,} customers, {int(data.event.sum()):,} left; neither tenure nor "
        "total charges are features. Means over 10 folds, censoring weights from the training "
        "rows. D-calibration is over all customers, the worse of two repeats; as tenure is in "
        "whole months, who left in a month counts as spread evenly over it. The last column "
        "counts them as leaving at its end, as if the day were known, which even the true curves "
        "would not pass."
    )
    return Part(prose, (shown, _differences(data, whole)), _bars(figures[adapter.NAME]))


def _fold(data: Spells, train: NDArray[np.int64], test: NDArray[np.int64]) -> dict[str, Floats]:
    ours, _ = adapter.curves(data.panel.take(train), data.panel.take(test))
    known = data.features[train], data.duration[train], data.event[train].astype(float)
    others = {n: peer(*known, data.features[test], MONTHS) for n, peer in peers.SURVIVAL.items()}
    return {adapter.NAME: ours, **others}


def _scores(
    data: Spells, train: NDArray[np.int64], test: NDArray[np.int64], survival: Floats
) -> tuple[float, ...]:
    watched = scoring.censoring(data.duration[train], data.event[train])
    time, event = data.duration[test], data.event[test]
    sooner = -survival.sum(axis=1)
    brier = scoring.brier_at(time, event, survival[:, WITHIN - 1], WITHIN, watched)
    aucs = scoring.auc_at(time, event, 1.0 - survival[:, YEARS - 1], YEARS, watched)
    return (
        scoring.harrell(time, event, sooner),
        scoring.uno(time, event, sooner, LAST, watched),
        scoring.integrated(WITHIN, brier),
        scoring.mean_auc(time, event, YEARS, aucs),
    )


def _calibration(data: Spells, repeats: list[Floats]) -> tuple[float, float]:
    """The smaller p-value of the repeats, in whole months and as if the day were known."""
    row, month = np.arange(data.duration.size), data.duration.astype(np.int64)
    found = []
    for survival in repeats:
        curve = np.concatenate([np.ones((row.size, 1)), survival], axis=1)
        end, before = curve[row, month], curve[row, month - 1]
        in_months = scoring.d_calibration(data.event, end, before)
        found.append((in_months.p_value, scoring.d_calibration(data.event, end).p_value))
    return tuple(np.min(found, axis=0).tolist())


def _differences(data: Spells, whole: dict[str, list[Floats]]) -> Table:
    spells = np.column_stack([data.duration, data.event])
    metrics = (_harrell, _brier)
    lines = []
    for name in peers.SURVIVAL:
        ours, other = (np.stack(whole[one], axis=1) for one in (adapter.NAME, name))
        found = [scoring.paired_difference(m, spells, ours, other, draws=100) for m in metrics]
        lines.append((f"less {name}", *(interval(one) for one in found)))
    columns = ("", "Harrell's C", "IBS")
    return Table("Tenure less the others, with 95 % intervals", columns, tuple(lines))


def _harrell(spells: Floats, curves: Floats) -> float:
    risks = -curves.sum(axis=2)
    return float(np.mean([scoring.harrell(spells[:, 0], spells[:, 1], r) for r in risks.T]))


def _brier(spells: Floats, curves: Floats) -> float:
    mean = [
        scoring.brier_at(spells[:, 0], spells[:, 1], curve[:, WITHIN - 1], WITHIN)
        for curve in curves.transpose(1, 0, 2)
    ]
    return scoring.integrated(WITHIN, np.mean(mean, axis=0))


def _bars(ours: tuple[float, ...]) -> tuple[Figure, ...]:
    return (
        at_least("TELCO HARRELL", ours[0], 0.86),
        at_least("TELCO UNO", ours[1], 0.85),
        at_most("TELCO IBS", ours[2], 0.09),
        at_least("TELCO MEAN AUC", ours[3], 0.915),
        above("TELCO D-CALIBRATION P", ours[4], 0.05, digits=3),
    )
