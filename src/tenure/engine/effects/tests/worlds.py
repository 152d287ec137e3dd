"""Simulated plays, and an adjustment written out in plain loops."""

import numpy as np

from tenure.engine.effects import Entries, contrast, mixing, reach

PLANNED, FLOOR = 500, 10


def entries(value, held_out, covariates=None, account=None, entered=None, share=0.1):
    """Entries of one play version; without days everybody entered on day 0."""
    n = len(value)
    return Entries(
        account=np.arange(n) if account is None else np.asarray(account),
        held_out=np.asarray(held_out, dtype=bool),
        propensity=np.full(n, 1.0 - share),
        entered=np.zeros(n) if entered is None else np.asarray(entered, dtype=float),
        value=np.asarray(value, dtype=float),
        covariates=np.empty((n, 0)) if covariates is None else np.asarray(covariates, dtype=float),
    )


def drawn(seed, n=300, effect=0.0, share=0.2, strength=1.5):
    """A play with one covariate that matters by `strength`."""
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(n, 2))
    held = chance.random(n) < share
    value = strength * x[:, 0] + chance.normal(size=n) + effect * ~held
    return entries(value, held, x, share=share)


def watched(value, held_out, covariates, truth, looks, share):
    """Whether, at any look, the truth was outside the sequence, and outside ± 1.96 errors.

    Args:
        value, held_out: (plays, n) in the order of arrival. covariates: (plays, n, p).
        truth: The effect. looks: Numbers of accounts, rising.

    Returns:
        Two (plays,) answers, and how many plays were looked at at all.
    """
    if len(value) > 50:  # parts that fit into the processor's cache take half the time
        parts = [
            watched(*(a[at : at + 50] for a in (value, held_out, covariates)), truth, looks, share)
            for at in range(0, len(value), 50)
        ]
        missed, naive, seen = zip(*parts, strict=True)
        return np.concatenate(missed), np.concatenate(naive), sum(seen)
    r, weight = mixing(PLANNED), 1.0 / np.where(held_out, share, 1.0 - share)
    missed, naive, seen = (np.zeros(len(value), dtype=bool) for _each in range(3))
    for m in looks:
        held = held_out[:, :m]
        rows = np.flatnonzero(np.minimum(held.sum(axis=1), (~held).sum(axis=1)) >= FLOOR)
        if not rows.size:
            continue
        y = value[rows, :m]
        one = 1.0 / (m + 2.0)
        least = np.where(np.ptp(y, axis=1) > 0, 0.0, one * (1.0 - one))
        found = contrast(y, held[rows], weight[rows, :m], covariates[rows, :m], least)
        off = np.abs(found.value - truth)
        missed[rows] |= off > reach(found.variance, found.freedom, m, r)
        naive[rows] |= off > 1.96 * np.sqrt(found.variance)
        seen[rows] = True
    return missed, naive, int(seen.sum())


def by_loops(value, held_out, propensity, covariates):
    """Effect and HC2 part of its variance, one account after the other."""
    n = len(value)
    centre = [sum(covariates[i][j] for i in range(n)) / n for j in range(covariates.shape[1])]
    effect, variance = 0.0, 0.0
    for arm, sign in ((False, 1.0), (True, -1.0)):
        rows = [i for i in range(n) if bool(held_out[i]) == arm]
        chance = [1.0 - propensity[i] if arm else propensity[i] for i in rows]
        x = np.array([[1.0, *(covariates[i] - centre)] for i in rows])
        w = np.diag([1.0 / c for c in chance])
        bread = np.linalg.inv(x.T @ w @ x)
        beta = bread @ x.T @ w @ value[rows]
        effect += sign * beta[0]
        meat = np.zeros_like(bread)
        for k, i in enumerate(rows):
            h = x[k] @ bread @ x[k] / chance[k]
            e = value[i] - x[k] @ beta
            meat += np.outer(x[k], x[k]) * (e / chance[k]) ** 2 / (1 - h)
        variance += (bread @ meat @ bread)[0, 0]
    return effect, variance


def clustered(value, held_out, account, covariates):
    """CR2 (Bell and McCaffrey) of the difference, each row weighted by 1/its account's rows."""
    total = 0.0
    weights = np.array([1.0 / (account == a).sum() for a in account])
    centre = np.average(covariates, axis=0, weights=weights)
    for arm in (False, True):
        rows = np.flatnonzero(held_out == arm)
        x = np.column_stack([np.ones(len(rows)), covariates[rows] - centre])
        root = np.sqrt(weights[rows])
        xs, ys = x * root[:, None], value[rows] * root
        bread = np.linalg.inv(xs.T @ xs)
        e = ys - xs @ (bread @ xs.T @ ys)
        meat = np.zeros_like(bread)
        for a in np.unique(account[rows]):
            g = account[rows] == a
            size, vectors = np.linalg.eigh(np.eye(g.sum()) - xs[g] @ bread @ xs[g].T)
            score = xs[g].T @ (vectors @ np.diag(size**-0.5) @ vectors.T) @ e[g]
            meat += np.outer(score, score)
        total += (bread @ meat @ bread)[0, 0]
    return total
