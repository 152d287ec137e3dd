"""The pooled attitude of accounts, ranked within the company week by week."""

from collections.abc import Mapping

import numpy as np

from tenure.relationship.inputs.facts import DAY, Facts, Floats


def attitude(
    kinds: Mapping[str, Facts], ends: Floats, accounts: int, days: int, least: int
) -> tuple[Floats, Floats]:
    """Share of the company's accounts with a worse attitude, and number of answers behind it.

    NPS, CSAT and sentiment have different scales and spreads, so each answer is first ranked among
    the company's answers of its kind in the window (0-1, ties in the middle); an account's attitude
    is the mean of its ranks, and accounts are ranked by it in the same way. Both (accounts, days);
    nan where an account has no answer, or fewer than `least` accounts have one.
    """
    share = np.full((accounts, ends.size), np.nan)
    answers = np.zeros((accounts, ends.size))
    for column, end in enumerate(ends.tolist()):
        total, count = np.zeros(accounts), np.zeros(accounts)
        for facts in kinds.values():
            within = facts.at(end) & (facts.occurred >= end - days * DAY)
            rows = facts.row[within]
            np.add.at(total, rows, _ranked(facts.value[within]))
            np.add.at(count, rows, 1.0)
        answers[:, column] = count
        told = np.flatnonzero(count)
        if told.size >= max(least, 1):
            share[told, column] = _ranked(total[told] / count[told])
    return share, answers


def _ranked(values: Floats) -> Floats:
    """Share of the others that are lower, plus half of those that are equal; 0.5 for one alone."""
    if values.size < 2:
        return np.full(values.size, 0.5)
    _, place, count = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)
    lower = np.cumsum(count) - count
    return np.asarray((lower + (count - 1) / 2)[place] / (values.size - 1.0), dtype=float)
