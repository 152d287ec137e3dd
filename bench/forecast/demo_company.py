"""The demo company, whose true hazards are known: how near a forecast from its files comes.

The truth is a weekly intensity of deciding to leave, given feelings that no file shows. A forecast
of a month is spread evenly over the weeks of the month in which the account was still undecided;
its loss is −ln(1 − e^−λ) for a week that ended with a decision and λ for any other. The regret is
that loss less the one of the true intensities; what no file can tell is part of it.
"""

from datetime import date

import adapter
import causes
import cirrus
import numpy as np
import peers
from numpy.typing import NDArray
from reasons import Said, named
from results import Part, Table, below_zero, between, counted, figures_of, interval

from tenure.engine import scoring
from tenure.engine.panel import CHURN, Panel, origins_before

Floats = NDArray[np.float64]
ACCOUNTS, MONTHS, SEED, END = 1_200, 30, 7, date(2026, 11, 23)
HORIZON, GAP = 3, 7
FIRST = date(2024, 9, 1)
ORIGINS = np.arange("2025-11", "2026-09", dtype="datetime64[M]").astype("datetime64[D]")
TRUTH = "the truth"
SURE = 1.0 - 1e-9  # a peer may say 1, of which no rate can be told
COLUMNS = ("", "AUC", "log loss", "calibration error", "slope", "predicted/actual")


def run() -> Part:
    made = cirrus.make(ACCOUNTS, MONTHS, SEED, END, HORIZON, FIRST)
    quarter: dict[str, list[Floats]] = {name: [] for name in (adapter.NAME, *peers.YES_NO)}
    month: dict[str, list[Floats]] = {name: [] for name in quarter}
    said: list[Said] = []
    for origin in counted(ORIGINS, "demo", ORIGINS.size):
        learn = origins_before(made.panel, origin, HORIZON, delay=GAP)
        test = made.panel.take(made.panel.origin == origin)
        survival, why = explained(learn, test)
        said.append(why)
        quarter[adapter.NAME].append(1.0 - survival[:, HORIZON - 1])
        month[adapter.NAME].append(1.0 - survival[:, 0])
        for name, peer in peers.YES_NO.items():
            for months, parts in ((HORIZON, quarter), (1, month)):
                label = learn.label(CHURN, months)
                known = ~np.isnan(label)
                parts[name].append(peer(inputs(learn)[known], label[known], inputs(test)))
    rows = made.panel.take(
        np.concatenate([np.flatnonzero(made.panel.origin == o) for o in ORIGINS])
    )
    by_quarter = {name: np.concatenate(parts) for name, parts in quarter.items()}
    by_month = {name: np.concatenate(parts) for name, parts in month.items()}
    part = told(made, rows, by_quarter, by_month)
    prose, tables, figure = named(made, said)
    return Part(f"{part.prose}\n\n{prose}", (*part.tables, *tables), (*part.figures, figure))


def explained(learn: Panel, test: Panel) -> tuple[Floats, Said]:
    """Survival (n, H) of the test rows, and what is said of them."""
    groups = cirrus.groups((*learn.names, *learn.ahead_names))
    told = adapter.explained(learn, test, HORIZON, groups)
    columns = (*learn.names, *learn.ahead_names * learn.ahead.shape[1])
    order = {driver: groups[driver] for driver in cirrus.ORDER}
    rooted = causes.in_order(told.learned, inputs(learn), inputs(test), columns, order)
    return told.survival, Said(test, told.names, told.values, tuple(order), rooted)


def inputs(panel: Panel) -> Floats:
    """All a peer may know: features and what the terms say of the months ahead, (n, p + H q)."""
    return np.concatenate([panel.features, panel.ahead.reshape(len(panel), -1)], axis=1)


def told(
    made: cirrus.Cirrus, rows: Panel, quarter: dict[str, Floats], month: dict[str, Floats]
) -> Part:
    outcome = rows.label(CHURN, HORIZON)
    seen = ~np.isnan(outcome)  # not those cut off for want of payment before they decided
    figures = {name: _scores(outcome[seen], chance[seen]) for name, chance in quarter.items()}
    title = f"Demo company, decision to leave within {HORIZON} months"
    shown = Table(title, COLUMNS, figures_of(figures, (4, 4, 4, 3, 3)))
    weeks = Weeks(made, rows)
    losses = {
        name: weeks.loss(-np.log1p(-np.minimum(chance, SURE))) for name, chance in month.items()
    }
    losses[TRUTH] = weeks.true_loss()
    regret = Table(
        "Demo company, the month after: log loss per account and month",
        ("", "log loss", "regret, with 95 % interval"),
        tuple(
            (n, f"{loss.mean():.4f}", _less(loss, losses[TRUTH], rows))
            for n, loss in losses.items()
        ),
    )
    ours = figures[adapter.NAME]
    gap = losses[peers.BASE].mean() - losses[TRUTH].mean()
    closed = (losses[peers.BASE].mean() - losses[adapter.NAME].mean()) / gap
    prose = (
        f"{ACCOUNTS:,} accounts over {MONTHS} months (seed {SEED}); {len(rows):,} rows of "
        f"{np.unique(rows.account).size} paying, undecided accounts on {ORIGINS.size} test dates; "
        f"{outcome[seen].mean():.1%} decided to leave within {HORIZON} months, "
        f"{int(weeks.decided.sum())} in the month after. {rows.features.shape[1]} features. "
        "Of the log loss that lies between the base rate and the truth, Tenure's forecast takes "
        f"{closed:.0%}."
    )
    better = scoring.paired_difference(
        _mean, losses[adapter.NAME], losses[adapter.NAME], losses[peers.BASE], rows.account
    )
    return Part(
        prose,
        (shown, regret),
        (
            between("DEMO CALIBRATION SLOPE", ours[3], 0.8, 1.25),
            below_zero("DEMO LOG LOSS LESS BASE RATE", better),
        ),
    )


def _scores(outcome: Floats, chance: Floats) -> tuple[float, ...]:
    found = scoring.recalibration(outcome, chance)
    return (
        scoring.auc(outcome, chance),
        scoring.log_loss(outcome, chance),
        scoring.calibration_error(outcome, chance),
        found.slope,
        found.ratio,
    )


def _mean(_: Floats, loss: Floats) -> float:
    return float(loss.mean())


def _less(loss: Floats, truth: Floats, rows: Panel) -> str:
    return interval(scoring.paired_difference(_mean, truth, loss, truth, rows.account))


class Weeks:
    """The weeks of the month after each row's origin in which its account was undecided."""

    def __init__(self, made: cirrus.Cirrus, rows: Panel) -> None:
        record, grid = made.world.record, made.world.grid
        starts = grid.start + np.arange(grid.weeks) * cirrus.WEEK
        begin = rows.origin.astype("datetime64[M]")
        inside = (starts >= begin[:, None]) & (starts < (begin + 1)[:, None])
        self.of_month = inside.sum(axis=1)
        self.at_risk = inside & record.at_risk[:, rows.account].T
        self.intensity = record.intensity[:, rows.account].T
        decided = np.zeros(record.intensity.shape, dtype=bool)
        for decision in record.decisions:
            decided[int(decision.day // 7), decision.account] = True
        self.decided = self.at_risk & decided[:, rows.account].T

    def loss(self, rate: Floats) -> Floats:
        """Of a monthly cumulative hazard (n,), spread over the month's weeks: (n,)."""
        return self._loss(np.broadcast_to((rate / self.of_month)[:, None], self.at_risk.shape))

    def true_loss(self) -> Floats:
        """Of the true weekly intensities, (n,)."""
        return self._loss(self.intensity)

    def _loss(self, weekly: Floats) -> Floats:
        stays = np.where(self.at_risk & ~self.decided, weekly, 0.0)
        goes = np.where(self.decided, -np.log(-np.expm1(-np.where(self.decided, weekly, 1.0))), 0.0)
        return np.asarray((stays + goes).sum(axis=1))
