"""Simulated panels whose truth is known."""

import numpy as np

from tenure.engine.panel import CHURN, EXPANSION, Panel, spell_panel


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def spells(size, seed, *, level=-3.0, effects=(0.8, -0.5, 0.0), horizons=12, follow=12):
    """One row per account; monthly hazard logit⁻¹(level + effects · x). Panel and true hazard."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, len(effects)))
    hazard = logistic(level + x @ np.asarray(effects))
    arrival = rng.geometric(hazard)
    followed = np.minimum(arrival, follow)
    names = tuple(f"x{j}" for j in range(len(effects)))
    return spell_panel(followed, arrival <= follow, x, names, horizons=horizons), hazard


def months(size, seed, *, origins=6, horizons=6, renewals=True):
    """Several origins of each account, two causes, renewal months known ahead."""
    rng = np.random.default_rng(seed)
    use = rng.normal(size=size)
    renewal = rng.integers(0, 12, size=size)
    last = origins + horizons - 1
    month = np.arange(last)
    due = (month[None, :] % 12) == renewal[:, None]
    churn = logistic(-4.0 - 0.8 * use[:, None] + 2.0 * due) > rng.random((size, last))
    grow = logistic(-3.5 + 0.7 * use[:, None]) > rng.random((size, last))
    parts = []
    for origin in range(origins):
        there = ~churn[:, :origin].any(axis=1)
        follow = min(horizons, last - origin)
        window = slice(origin, origin + follow)
        gone = _first(churn[:, window])
        more = _first(grow[:, window])
        more = np.where((gone > 0) & (more > gone), 0, more)
        ahead = due[:, origin : origin + horizons, None].astype(float)
        parts.append((there, origin, gone, more, ahead, np.full(size, follow)))
    return _together(parts, use, renewals)


def _first(came):
    return np.where(came.any(axis=1), came.argmax(axis=1) + 1, 0)


def _together(parts, use, renewals):
    rows = [np.flatnonzero(there) for there, *_ in parts]
    account = np.concatenate(rows)
    start = np.datetime64("2023-01", "M")
    origin = np.concatenate(
        [
            np.full(r.size, start + part[1]).astype("datetime64[D]")
            for r, part in zip(rows, parts, strict=True)
        ]
    )
    noise = np.random.default_rng(1).normal(size=account.size)
    pick = lambda at: np.concatenate([part[at][r] for r, part in zip(rows, parts, strict=True)])  # noqa: E731
    ahead = pick(4)
    return Panel(
        account=account,
        origin=origin,
        features=np.stack([use[account], noise], axis=1),
        names=("use", "noise"),
        causes=(CHURN, EXPANSION),
        months=np.stack([pick(2), pick(3)], axis=1),
        followed=pick(5),
        ahead=ahead if renewals else ahead[:, :, :0],
        ahead_names=("renewal",) if renewals else (),
    )
