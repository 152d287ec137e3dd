"""Panels and the leakage linter: half a million account-months, and two public tables.

Reads telco and ravenstack under TENURE_DATA (default: ../shared/data beside the checkout). Bounds:
20 s of computing and 2 GB for a panel with 34 features and terms 24 months ahead; of Telco the
customer's number alone is taken out; of a subscription table as exported today its end, its flag
and its number are.
"""

import csv
import os
import resource
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from tenure.engine.panel import (
    Grid,
    Linted,
    Observations,
    Panel,
    Spells,
    Table,
    Terms,
    build,
    lint,
    lint_table,
)

ROOT = Path(os.environ.get("TENURE_DATA", Path(__file__).parents[2] / "shared" / "data"))
ACCOUNTS, MONTHS = 12_500, 40


def main() -> int:
    good = speed()
    good &= telco()
    good &= subscriptions()
    print("within the bounds" if good else "OUT OF BOUNDS")
    return 0 if good else 1


def speed() -> bool:
    tables = made()
    began = time.process_time()
    panel = build(
        tables[0],
        Grid(date(2021, 1, 1), date(2024, 4, 1), date(2024, 5, 1)),
        observations=tables[1],
        terms=tables[2],
    )
    built = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    began = time.process_time()
    lint(panel)
    linted = time.process_time() - began
    print(
        f"{len(panel):,} rows, {len(panel.names)} features: {built:.1f} s, {memory:.2f} GB;", end=""
    )
    print(f" linted in {linted:.1f} s")
    return built < 20 and memory < 2.0 and check(panel)


def made() -> tuple[Spells, Observations, Terms]:
    """Four names measured weekly, recorded up to five days late."""
    rng = np.random.default_rng(0)
    account = np.arange(ACCOUNTS)
    began = np.datetime64("2021-01-01") - rng.integers(1, 300, ACCOUNTS)
    end = np.datetime64("2021-01-01") + rng.integers(1000, 5000, ACCOUNTS)
    ended = np.where(end <= np.datetime64("2024-05-01"), end, np.datetime64("NaT"))
    weeks = MONTHS * 4
    size = ACCOUNTS * weeks * 4
    day = np.datetime64("2021-01-01") + np.tile(np.arange(weeks) * 7, ACCOUNTS * 4)
    values = Observations(
        account=np.tile(np.repeat(account, weeks), 4),
        name=np.repeat(np.arange(4, dtype=np.int16), ACCOUNTS * weeks),
        occurred=day,
        recorded=day + rng.integers(0, 5, size),
        value=rng.normal(size=size),
        names=("logins", "seats", "tickets", "exports"),
    )
    none = np.full(ACCOUNTS, np.datetime64("NaT"))
    year, always = np.full(ACCOUNTS, 12.0), np.ones(ACCOUNTS)
    terms = Terms(account, began, began + 365, year, always, none)
    return Spells(account, began, ended, ended), values, terms


def check(panel: Panel) -> bool:
    return len(panel) > 450_000 and panel.ahead.shape[1:] == (24, 5)


def read(path: str) -> dict[str, np.ndarray]:
    with (ROOT / path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def told(name: str, linted: Linted) -> set[str]:
    print(f"{name}: keeps {len(linted.columns)} columns and {linted.rows.size:,} rows")
    for finding in linted.findings:
        print(f"  {finding.severity:<10} {finding.rule:<10} {finding.sentence}")
    return {finding.column for finding in linted.removed}


def telco() -> bool:
    columns = read("telco/Telco-Customer-Churn.csv")
    left = (columns.pop("Churn") == "Yes").astype(float)
    key = np.arange(left.size)
    day = np.full(left.size, np.datetime64("2018-01-01"))
    honest = told("telco", lint_table(Table(key, day, columns, left)))
    planted = told(
        "telco with its label", lint_table(Table(key, day, {**columns, "status": left}, left))
    )
    return honest == {"customerID"} and planted == {"customerID", "status"}


def subscriptions() -> bool:
    day = np.datetime64("2024-07-01")
    columns = read("ravenstack/ravenstack_subscriptions.csv")
    ended = np.where(columns["end_date"] == "", "NaT", columns["end_date"]).astype("datetime64[D]")
    there = (columns["start_date"].astype("datetime64[D]") <= day) & ~(ended <= day)
    left = (ended[there] <= day + 365).astype(float)
    rows = {name: values[there] for name, values in columns.items()}
    origin = np.full(left.size, day)
    removed = told("ravenstack", lint_table(Table(rows.pop("account_id"), origin, rows, left)))
    return removed == {"subscription_id", "end_date", "churn_flag"}


if __name__ == "__main__":
    sys.exit(main())
