"""Scores of a chunk of accounts on many days at once, as arrays."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.contracts.selectors.weekly import contracts_on
from tenure.engine.health import Evaluated, evaluate
from tenure.health.definitions import ScorecardDefinition
from tenure.health.in_force import scorecards_in_force, versions_saved_at
from tenure.health.inputs import column_id, raw_values
from tenure.health.matching import circumstances, matches

Floats: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """Evaluations under one scorecard: m pairs of account (`row`) and day (`column`)."""

    definition: ScorecardDefinition
    row: Keys
    column: Keys
    raw: Floats
    evaluated: Evaluated


def evaluate_chunk(accounts: Sequence[int], days: Sequence[date], began: datetime) -> list[Block]:
    """Every account on every day it was known on, under the first scorecard that fits it.

    The scorecards are those in force at the end of the day, or when the stage first ran
    (`began`) if that was later: a backfill doesn't pretend that they were there before.
    """
    moments = [max(_end(day), began) for day in days]
    known_from = dict(
        Account.objects.filter(pk__range=(accounts[0], accounts[-1])).values_list(
            "pk", "recorded_at"
        )
    )
    alive = np.array([[known_from[a] < _end(day) for day in days] for a in accounts], dtype=bool)
    blocks: list[Block] = []
    saved = versions_saved_at()
    for _, group in groupby(range(len(days)), key=lambda i: bisect_right(saved, moments[i])):
        at = list(group)
        chosen = [days[i] for i in at]
        found = evaluate_under(scorecards_in_force(moments[at[0]]), accounts, chosen, alive[:, at])
        blocks += _shifted(found, at[0])
    return blocks


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def evaluate_under(
    definitions: Sequence[ScorecardDefinition],
    accounts: Sequence[int],
    days: Sequence[date],
    alive: NDArray[np.bool_],
    instead: Mapping[str, Floats] | None = None,
) -> list[Block]:
    """The same under given scorecards; `alive`: where there is something to score.

    `instead`: values of metrics in place of the panel's, as `raw_values` takes them.
    """
    columns = [column for d in definitions for column in d.columns]
    raw = raw_values(columns, days, accounts, instead)
    around = circumstances(contracts_on(days, accounts), [d.match for d in definitions], days)
    left = alive.copy()
    blocks = []
    for definition in definitions:
        fits = left & matches(definition.match, around)
        left &= ~fits
        row, column = np.nonzero(fits)
        if row.size:
            values = np.stack([raw[column_id(c)][row, column] for c in definition.columns], axis=1)
            blocks.append(
                Block(definition, row, column, values, evaluate(definition.scorecard, values))
            )
    return blocks


def _shifted(blocks: list[Block], by: int) -> list[Block]:
    return [Block(b.definition, b.row, b.column + by, b.raw, b.evaluated) for b in blocks]
