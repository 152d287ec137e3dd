"""A simulated business-to-business company: churn within 92 days from nine test dates.

The set is one run of the simulator of C. Gold, "Fighting churn with data" (2020). At each test
date only what was known by then is used: monthly counts of events of the months before, and the
subscriptions begun by then with the day they renew. Models learn from earlier test dates whose 92
days had closed a blind week before the date they are tested on.
"""

from datetime import date
from typing import Any

import adapter
import numpy as np
import pandas as pd
import peers
import sources
from numpy.typing import NDArray
from results import Part, Table, below_zero, counted, figures_of, interval

from tenure.engine import panel as panels
from tenure.engine import scoring

Floats = NDArray[np.float64]
DAYS, GAP, HORIZON = 92, 7, 3
FIRST, LAST = date(2022, 2, 1), date(2023, 9, 1)
ORIGINS = np.arange("2023-01", "2023-10", dtype="datetime64[M]").astype("datetime64[D]")
RECIPE = panels.Recipe(age=False, changes=(1, 3), windows=(3,))
COLUMNS = (
    "", "AUC", "log loss", "% below base rate", "Brier", "calibration error", "slope",
    "predicted/actual",
)  # fmt: skip


def build() -> tuple[panels.Panel, Floats]:
    """The panel of all test dates and, of each row, whether churn came within 92 days."""
    subscriptions = sources.table("fightchurn_crm6/subscriptions.parquet")
    spells = _spells(subscriptions)
    grid = panels.Grid(first=FIRST, last=LAST, as_of=date(2024, 1, 1), horizons=HORIZON)
    terms = panels.Terms(
        account=subscriptions["account_id"],
        known_from=subscriptions["start_date"],
        renews=subscriptions["end_date"],
        months=subscriptions["bill_period"],
        automatic=np.full(len(subscriptions), np.nan),
        notice_effect=np.full(len(subscriptions), np.datetime64("NaT")),
    )
    built = panels.build(
        spells, grid, observations=_observations(subscriptions), terms=terms, default=RECIPE
    )
    return built, _left(spells, built)


def _spells(subscriptions: pd.DataFrame) -> panels.Spells:
    """Subscriptions of an account that follow each other without a gap, as one stretch."""
    rows = subscriptions.sort_values(["account_id", "start_date"])
    account = rows["account_id"].to_numpy()
    until = rows.groupby("account_id")["end_date"].cummax().to_numpy()
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (account[1:] != account[:-1]) | (rows["start_date"].to_numpy()[1:] > until[:-1])
    lasts = np.append(np.flatnonzero(begins)[1:], len(rows)) - 1
    ended = until[lasts].astype("datetime64[D]")
    began = rows["start_date"].to_numpy()[begins].astype("datetime64[D]")
    return panels.Spells(account[begins], began, ended, ended)


def _observations(subscriptions: pd.DataFrame) -> panels.Observations:
    """Events by month; money, seats, discount and term of each subscription when it began."""
    accounts = sources.table("fightchurn_crm6/accounts.parquet")
    sums = {"mrr": "sum", "discount": "max"}
    paid = subscriptions.groupby(["account_id", "start_date"], as_index=False).agg(sums)
    seats = subscriptions[subscriptions["units"] == "users"]
    parts = [_events(accounts)]
    for name, found, column in (
        ("mrr", paid, "mrr"), ("discount", paid, "discount"), ("seats", seats, "quantity"),
        ("term_months", seats, "bill_period"), ("users", accounts, "users"),
    ):  # fmt: skip
        started = found["start_date"].to_numpy().astype("datetime64[s]")
        words = np.full(len(found), name)
        parts.append((found["account_id"].to_numpy(), words, started, found[column].to_numpy()))
    account, word, when, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return panels.Observations.of_words(account, word, when, when, value)


def _events(accounts: pd.DataFrame) -> tuple[NDArray[Any], ...]:
    """Account, name, time and number of the events of each kind and month, known at its end.

    A month without a row counts 0 from the account's first month on.
    """
    events = sources.table("fightchurn_crm6/events_monthly.parquet")
    index = [sorted(set(events[column])) for column in ("account_id", "month", "type")]
    every = pd.MultiIndex.from_product(index, names=["account_id", "month", "type"])
    counts = events.set_index(every.names)["n"].reindex(every, fill_value=0).reset_index()
    counts = counts.merge(accounts[["account_id", "start_date"]], on="account_id")
    ends = (counts["month"].to_numpy().astype("datetime64[M]") + 1).astype("datetime64[s]")
    there = ends > counts["start_date"].to_numpy().astype("datetime64[s]")
    words = ("events_" + counts["type"].astype(str)).to_numpy().astype(str)
    columns = counts["account_id"].to_numpy(), words, ends - np.timedelta64(1, "s")
    return tuple(column[there] for column in (*columns, counts["n"].to_numpy().astype(float)))


def _left(spells: panels.Spells, built: panels.Panel) -> Floats:
    """Whether each row's stretch ended within 92 days of its test date, (n,)."""
    began = spells.account * 100_000 + spells.began.astype(np.int64)
    asked = built.account * 100_000 + built.origin.astype(np.int64)
    order = np.argsort(began)
    ended = spells.ended[order[np.searchsorted(began[order], asked, side="right") - 1]]
    return np.asarray(ended <= built.origin + np.timedelta64(DAYS, "D"), dtype=float)


def run() -> Part:
    built, left = build()
    inputs = np.concatenate([built.features, built.ahead.reshape(len(built), -1)], axis=1)
    forecasts: dict[str, list[Floats]] = {name: [] for name in (adapter.NAME, *peers.YES_NO)}
    rows, chosen = [], set()
    for origin in counted(ORIGINS, "crm6", ORIGINS.size):
        closed = built.origin <= origin - np.timedelta64(DAYS + GAP, "D")
        learn = panels.origins_before(built, origin, HORIZON, delay=GAP)
        test = np.flatnonzero(built.origin == origin)
        ours, told = adapter.chances(learn, built.take(test), HORIZON)
        forecasts[adapter.NAME].append(ours)
        chosen.add(told.chosen)
        rows.append(test)
        for name, peer in peers.YES_NO.items():
            forecasts[name].append(peer(inputs[closed], left[closed], inputs[test]))
    together = {name: np.concatenate(parts) for name, parts in forecasts.items()}
    return _told(built, left, np.concatenate(rows), together, chosen)


def _told(
    built: panels.Panel,
    left: Floats,
    rows: NDArray[np.int64],
    forecasts: dict[str, Floats],
    chosen: set[str],
) -> Part:
    outcome, account = left[rows], built.account[rows]
    base = scoring.log_loss(outcome, forecasts[peers.BASE])
    figures = {name: _scores(outcome, chance, base) for name, chance in forecasts.items()}
    shown = Table(
        "Churn within 92 days, nine test dates", COLUMNS, figures_of(figures, (4, 4, 1, 4, 4, 3, 3))
    )
    differences = {
        name: [
            scoring.paired_difference(score, outcome, forecasts[adapter.NAME], other, account)
            for score in (scoring.log_loss, scoring.auc)
        ]
        for name, other in forecasts.items()
        if name != adapter.NAME
    }
    lines = tuple((f"less {n}", *(interval(d) for d in found)) for n, found in differences.items())
    paired = Table("Tenure less the others, with 95 % intervals", ("", "log loss", "AUC"), lines)
    prose = (
        f"{rows.size:,} rows of {np.unique(account).size} accounts on the first of January to "
        f"September 2023; {outcome.mean():.1%} left within {DAYS} days. {built.features.shape[1]} "
        f"features and what the terms say about the months ahead, the same for all. Intervals "
        f"resample accounts. Chosen models: {', '.join(sorted(chosen))}."
    )
    bar = below_zero("CRM6 LOG LOSS LESS LIGHTGBM", differences[peers.BOOSTED][0])
    return Part(prose, (shown, paired), (bar,))


def _scores(outcome: Floats, chance: Floats, base: float) -> tuple[float, ...]:
    loss, found = scoring.log_loss(outcome, chance), scoring.recalibration(outcome, chance)
    return (
        scoring.auc(outcome, chance),
        loss,
        100.0 * (1.0 - loss / base),
        scoring.brier(outcome, chance),
        scoring.calibration_error(outcome, chance),
        found.slope,
        found.ratio,
    )
