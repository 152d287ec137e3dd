"""What a hidden Markov model observes of paying accounts, in steps of four weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from tenure.contracts.selectors.weekly import contracts_on
from tenure.core import clock
from tenure.engine.hmm import BERNOULLI, Measure, Sequences
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.selectors.grid import panel_grid
from tenure.relationship.inputs import timeline
from tenure.relationship.inputs.facts import DAY, Facts, Floats, ends_of
from tenure.relationship.opinion import HEARD
from tenure.timeline.models import Touchpoint

STEP, STEPS = timedelta(days=28), 26
WEEK = timedelta(days=7)
USAGE = ("seat_share", "stickiness", "feature_breadth")
"""Shares and breadth, not sizes: a large account is not in a better relationship for its size."""
INPUTS = ("touches", "outcomes")
MOST_TOUCHES = 5.0


@dataclass(frozen=True)
class Observed:
    """The sequences, and which of their accounts pay on the last day, (N,)."""

    sequences: Sequences
    paying: np.ndarray[tuple[int], np.dtype[np.bool_]]


def steps_until(day: date) -> list[date]:
    """The last day of each step, oldest first; the newest ends on the day."""
    return [day - STEP * back for back in range(STEPS - 1, -1, -1)]


def measures_now() -> tuple[str, ...]:
    """What can be observed: the usage metrics that there are, and whether they spoke to us."""
    known = set(catalogue_current().keys)
    return (*(key for key in USAGE if key in known), HEARD)


def observed(accounts: Sequence[int], day: date, measures: Sequence[str]) -> Observed | None:
    """Every step in which an account paid, as known on the step's last day; None without any.

    `accounts` ascend. Encounters of a step (our touches, outcomes) bear on the move into it.
    """
    days = steps_until(day)
    paying = contracts_on(days, accounts).paying
    rows, steps = np.nonzero(paying)
    if not rows.size:
        return None
    ends, row_of = ends_of(days), {account: row for row, account in enumerate(accounts)}
    since = datetime.combine(days[0] - STEP, time(), UTC)
    heard = _counted(timeline.touches(row_of, since), ends, len(accounts))
    seen = _usage(accounts, days, [key for key in measures if key != HEARD])
    seen.append(np.minimum(heard, 1.0) if heard.any() else np.full(paying.shape, np.nan))
    said = np.minimum(_counted(_said(row_of, since), ends, len(accounts)), MOST_TOUCHES)
    reached = np.minimum(_counted(timeline.outcomes(row_of), ends, len(accounts)), 1.0)
    kinds = [Measure(key, BERNOULLI) if key == HEARD else Measure(key) for key in measures]
    sequences = Sequences.of_rows(
        np.asarray(accounts)[rows],
        steps,
        np.stack([values[rows, steps] for values in seen], axis=1),
        np.stack([said[rows, steps], reached[rows, steps]], axis=1),
        kinds,
        INPUTS,
    )
    last = dict(zip(accounts, paying[:, -1].tolist(), strict=True))
    return Observed(sequences, np.array([last[key] for key in sequences.account.tolist()]))


def _usage(accounts: Sequence[int], days: Sequence[date], keys: Sequence[str]) -> list[Floats]:
    """Values of the last whole week of each step."""
    mondays = [clock.week_start(day - WEEK) for day in days]
    grid = panel_grid(keys, mondays[0], mondays[-1], accounts)
    at = [(monday - mondays[0]).days // 7 for monday in mondays]
    return [grid[key][:, at] for key in keys]


def _counted(facts: Facts, ends: Floats, accounts: int) -> Floats:
    """Facts of each step that were known at its end, (accounts, steps)."""
    found = np.zeros((accounts, ends.size))
    for step, end in enumerate(ends.tolist()):
        inside = facts.at(end) & (facts.occurred >= end - STEP.days * DAY)
        found[:, step] = np.bincount(facts.row[inside], minlength=accounts)
    return found


def _said(row_of: dict[int, int], since: datetime) -> Facts:
    """Touchpoints that went out from us."""
    rows = Touchpoint.objects.filter(occurred_at__gte=since, direction__in=["out", "both"])
    fields = rows.values_list("account_id", "occurred_at", "recorded_at", "superseded_at")
    return Facts.of(((a, o, None, r, s) for a, o, r, s in fields.iterator()), row_of)
