"""Made-up tables of honest columns: some strong, some with holes, none from after the origin."""

import numpy as np

from tenure.engine.panel.leakage import Table


def table(seed, accounts=400, origins=8, rate=0.1, strength=1.85):
    """Columns that may be used, up to an AUC of about Φ(strength/√2) (0.90 at 1.85).

    An account that churns on an origin gives no row on later ones.
    """
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), origins)
    month = np.tile(np.arange(origins), accounts)
    origin = (np.datetime64("2024-01", "M") + month).astype("datetime64[D]")
    label = rng.random(account.size) < rate
    before = np.cumsum(label.reshape(accounts, origins), axis=1) - label.reshape(accounts, origins)
    there = (before == 0).ravel() & ~((month == 0) & (account % 7 == 0))
    account, month, origin, label = (x[there] for x in (account, month, origin, label))
    size = account.size
    score = rng.normal(size=size) + strength * label
    began = np.datetime64("2020-01-01") + rng.integers(0, 1400, accounts)
    seats = np.round(np.exp(rng.normal(3, 1, accounts))) + 1
    money = np.round(seats * rng.uniform(8, 40, accounts) * 100)
    holes = rng.random(size) < np.where(label, 0.5, 0.2)
    columns = {
        "score": score,
        "health": np.round(100 / (1 + np.exp(score - 1))),
        "band": np.array(["good", "fair", "poor"])[np.searchsorted([0.5, 1.6], score)],
        "alert": score > 1.3,
        "answer": np.where(holes, np.nan, np.round(7 - 2 * score)),
        "plan": np.array(["starter", "growth", "enterprise"])[account % 3],
        "country": rng.choice(["DE", "FR", "US", "GB", "NL", "ES"], accounts)[account],
        "began": began[account],
        "tenure_days": (origin - began[account]).astype(float),
        "calendar_month": month % 12 + 1.0,
        "seats": seats[account],
        "mrr_cents": money[account],
        "last_seen": origin - np.round(rng.exponential(3 + 9 * label)).astype(int),
        "events": np.round(np.exp(rng.normal(8 - label, 2, size))),
    }
    return Table(account + 1000, origin, columns, label.astype(float))


def with_columns(table, **more):
    return Table(
        table.account, table.origin, {**table.columns, **more}, table.label, table.recorded
    )
