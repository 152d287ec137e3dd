"""A made-up company whose churn nothing foretells: the answer has to be that there is no signal."""

import adapter
import numpy as np
import pandas as pd
import peers
import sources
from numpy.typing import NDArray
from results import Figure, Part, Table, at_most, counted, figures_of
from sklearn.model_selection import RepeatedStratifiedKFold

from tenure.engine import scoring
from tenure.engine.hazards import encode
from tenure.engine.panel import spell_panel

Floats = NDArray[np.float64]
ALLOWED = 0.003
FILES = {
    "accounts": ["signup_date"],
    "churn_events": ["churn_date"],
    "feature_usage": ["usage_date"],
    "subscriptions": ["start_date", "end_date"],
    "support_tickets": ["submitted_at", "closed_at"],
}
COLUMNS = ("", "AUC", "log loss", "less base rate")
Files = dict[str, pd.DataFrame]


def run() -> Part:
    files = {
        name: sources.table(f"ravenstack/ravenstack_{name}.csv", parse_dates=days)
        for name, days in FILES.items()
    }
    found = contradictions(files)
    tables, figures = [], []
    told = {"the account's churn flag": "FLAG", "a churn event": "EVENT"}
    for (what, word), outcome in zip(told.items(), _outcomes(files), strict=True):
        table, mine = _forecast(files, outcome, what, word)
        tables.append(table)
        figures += mine
    counted = Table("Contradictions in the data", ("", "rows", "of"), found)
    some = [line for line in found if line[1] != "0"]
    named = Figure("RAVENSTACK CONTRADICTIONS NAMED", str(len(some)), "≥ 5", len(some) >= 5)
    prose = (
        f"{len(files['accounts'])} accounts, five times five folds. Nothing in the data foretells "
        "either of its two records of churn, which disagree with each other."
    )
    return Part(prose, (*tables, counted), (*figures, named))


def _outcomes(files: Files) -> tuple[Floats, Floats]:
    accounts, events = files["accounts"], files["churn_events"]
    flag = accounts["churn_flag"].to_numpy().astype(float)
    return flag, accounts["account_id"].isin(events["account_id"]).to_numpy().astype(float)


def _features(files: Files) -> tuple[Floats, tuple[str, ...]]:
    """What the tables say about each account but its churn: sums, means and the account's words."""
    accounts = files["accounts"].set_index("account_id")
    subscriptions, tickets = files["subscriptions"], files["support_tickets"]
    words = ["subscription_id", "account_id"]
    usage = files["feature_usage"].merge(subscriptions[words], on="subscription_id")
    sums = {
        "subscriptions": subscriptions.groupby("account_id").size(),
        "mrr": subscriptions.groupby("account_id")["mrr_amount"].mean(),
        "seats_sold": subscriptions.groupby("account_id")["seats"].mean(),
        "auto_renew": subscriptions.groupby("account_id")["auto_renew_flag"].mean(),
        "uses": usage.groupby("account_id")["usage_count"].sum(),
        "seconds": usage.groupby("account_id")["usage_duration_secs"].sum(),
        "errors": usage.groupby("account_id")["error_count"].sum(),
        "features": usage.groupby("account_id")["feature_name"].nunique(),
        "tickets": tickets.groupby("account_id").size(),
        "hours": tickets.groupby("account_id")["resolution_time_hours"].mean(),
        "satisfaction": tickets.groupby("account_id")["satisfaction_score"].mean(),
    }
    frame = accounts.drop(columns=["account_name", "churn_flag"]).assign(**sums)
    frame["signup_date"] = (frame["signup_date"] - pd.Timestamp("2023-01-01")).dt.days
    frame["is_trial"] = frame["is_trial"].astype(float)
    features, names, _ = encode(frame)
    return features, names


def _forecast(files: Files, outcome: Floats, what: str, word: str) -> tuple[Table, list[Figure]]:
    features, names = _features(files)
    panel = spell_panel(np.ones(outcome.size), outcome, features, names, horizons=1)
    splits = RepeatedStratifiedKFold(n_splits=5, n_repeats=5, random_state=0)
    losses: dict[str, list[tuple[float, float]]] = {}
    signals = []
    folds = counted(splits.split(features, outcome), f"ravenstack {word.lower()}", 25)
    for train, test in folds:
        ours, told = adapter.chances(panel.take(train), panel.take(test), 1)
        signals.append(told.signal)
        known = features[train], outcome[train], features[test]
        others = {name: peer(*known) for name, peer in peers.YES_NO.items()}
        for name, chance in {adapter.NAME: ours, **others}.items():
            scores = scoring.auc(outcome[test], chance), scoring.log_loss(outcome[test], chance)
            losses.setdefault(name, []).append(scores)
    means = {name: np.mean(found, axis=0) for name, found in losses.items()}
    base = float(means[peers.BASE][1])
    rows = {n: (float(a), float(loss), float(loss) - base) for n, (a, loss) in means.items()}
    _, told = adapter.chances(panel, panel, 1)
    title = f"RavenStack, {what} ({outcome.mean():.0%} of accounts)"
    return Table(title, COLUMNS, figures_of(rows, (3, 4, 4))), [
        Figure(
            f"RAVENSTACK {word} SIGNAL", told.chosen if told.signal else "no usable signal",
            "no usable signal", not told.signal,
        ),
        at_most(f"RAVENSTACK {word} LOG LOSS OVER BASE", rows[adapter.NAME][2], ALLOWED),
        at_most(f"RAVENSTACK {word} FOLDS WITH A SIGNAL", float(np.mean(signals)), 0.2, digits=2),
    ]  # fmt: skip


def contradictions(files: Files) -> tuple[tuple[str, str, str], ...]:
    """What the tables say that cannot be true together: what, how many rows, of how many."""
    accounts, events, subscriptions, tickets = (
        files[name] for name in ("accounts", "churn_events", "subscriptions", "support_tickets")
    )
    usage = files["feature_usage"].merge(subscriptions, on="subscription_id")
    of_account = subscriptions.merge(accounts, on="account_id", suffixes=("", "_account"))
    reported = accounts["account_id"].isin(events["account_id"])
    paying = subscriptions[subscriptions["end_date"].isna()]["account_id"]
    ends = subscriptions[["account_id", "end_date"]].rename(columns={"end_date": "churn_date"})
    ended = events.merge(ends.drop_duplicates(), on=["account_id", "churn_date"])
    asked = tickets.merge(accounts, on="account_id")
    checks = (
        ("usage before its subscription began", usage["usage_date"] < usage["start_date"]),
        ("usage after its subscription ended", usage["usage_date"] > usage["end_date"]),
        ("usage ids that are used again", files["feature_usage"]["usage_id"].duplicated()),
        ("tickets before the account signed up", asked["submitted_at"] < asked["signup_date"]),
        ("accounts flagged as churned without a churn event", accounts["churn_flag"] & ~reported),
        ("accounts with a churn event not flagged", ~accounts["churn_flag"] & reported),
        ("accounts flagged as churned that still pay",
         accounts["churn_flag"] & accounts["account_id"].isin(paying)),
        ("churn events on no subscription's last day",
         ~events["churn_event_id"].isin(ended["churn_event_id"])),
        ("subscriptions of another plan than their account's",
         of_account["plan_tier"] != of_account["plan_tier_account"]),
    )  # fmt: skip
    plans = sorted(set(subscriptions["plan_tier"]))
    unknown = (
        f"plans named ({', '.join(plans)}) that no table describes",
        str(len(plans)),
        str(len(plans)),
    )
    counted = tuple((what, f"{int(wrong.sum()):,}", f"{len(wrong):,}") for what, wrong in checks)
    return (*counted, unknown)
