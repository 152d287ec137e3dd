"""Customers drawn from the models' own stories, purchase by purchase."""

import numpy as np

from tenure.engine.buying import Summary

BG_TRUTH = (0.6, 5.0, 0.9, 2.5)
PARETO_TRUTH = (0.7, 6.0, 0.8, 9.0)


def bg_customers(draw, n, params, observed, later):
    """Purchases of n customers, followed `observed` periods and then `later` more."""
    r, alpha, a, b = params
    rate, drop = draw.gamma(r, 1 / alpha, n), draw.beta(a, b, n)
    return _followed(
        [_until_dropped(draw, *pair, observed + later) for pair in zip(rate, drop, strict=True)],
        observed,
    )


def pareto_customers(draw, n, params, observed, later):
    r, alpha, s, beta = params
    rate, life = draw.gamma(r, 1 / alpha, n), draw.exponential(1 / draw.gamma(s, 1 / beta, n))
    ends = np.minimum(life, observed + later)
    times = [
        np.sort(draw.uniform(0, end, draw.poisson(one * end)))
        for one, end in zip(rate, ends, strict=True)
    ]
    return _followed(times, observed)


def _until_dropped(draw, rate, drop, end):
    """Repeat purchases; the customer may leave after each, never after the one at 0."""
    times, at = [], draw.exponential(1 / max(rate, 1e-12))
    while at <= end:
        times.append(at)
        if draw.random() < drop:
            break
        at += draw.exponential(1 / rate)
    return np.array(times)


def _followed(times, observed):
    early = [one[one <= observed] for one in times]
    frequency = np.array([one.size for one in early], dtype=float)
    recency = np.array([one[-1] if one.size else 0.0 for one in early])
    age = np.full(len(times), float(observed))
    later = np.array([(one > observed).sum() for one in times], dtype=float)
    return Summary(np.arange(len(times)), frequency, recency, age), later
