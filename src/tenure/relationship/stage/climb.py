"""Week after week: answers, then levels that go on from the week before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tenure.engine.ladder import CUSTOMER, LEVELS, NO, Climb, Weighed, step, weigh
from tenure.engine.ladder.levels import ADVOCATE, qualifies_as
from tenure.relationship.definitions import LadderDefinition
from tenure.relationship.inputs import Gathered
from tenure.relationship.models import Evaluation

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """One day: answers, what they qualify for, the level and what it goes on from."""

    weighed: Weighed
    qualifies: NDArray[np.int8]
    climb: Climb
    slipping: Flags
    paying: Flags


def climb_back(accounts: Sequence[int], first: date) -> Climb:
    """Where accounts stood at the end of the week before `first`'s, from their stored rows."""
    climb = Climb.start(len(accounts))
    row_of = {account: row for row, account in enumerate(accounts)}
    sunday = first - timedelta(days=first.weekday() + 1)
    rows = Evaluation.objects.filter(as_of=sunday).order_by("pk")
    for account, level, run in rows.values_list("account_id", "level", "run"):
        if account in row_of and len(run) == 4:
            row = row_of[account]
            climb.level[row] = LEVELS.index(level)
            climb.for_client[row], climb.for_advocate[row] = run[0], run[1]
            climb.below[row], climb.best[row] = run[2], run[3]
    return climb


def judge(
    gathered: Gathered, definition: LadderDefinition, climb: Climb, provisional: date
) -> tuple[list[Judged], Climb]:
    """The days of a batch in turn; `provisional` is today, whose week isn't over."""
    judged = []
    for index, day in enumerate(gathered.days):
        at = gathered.columns[index]
        paying, ever = gathered.contracts.paying[:, at], gathered.contracts.ever_paid[:, at]
        weighed = weigh(gathered.week(index), definition.rules)
        qualifies = qualifies_as(paying, ever, weighed.client, weighed.advocate)
        if day == provisional:
            now = _so_far(climb, qualifies, paying)
            slipping = _slips(now, weighed, paying)
        else:
            rules = definition.rules
            now = climb = step(
                climb, paying, ever, weighed.client, weighed.advocate,
                rules.promote_after, rules.demote_after,
            )  # fmt: skip
            slipping = now.slipping
        judged.append(Judged(weighed, qualifies, now, slipping, paying))
    return judged, climb


def _so_far(climb: Climb, qualifies: NDArray[np.int8], paying: Flags) -> Climb:
    """The running week moves only what is a fact: whether an account pays."""
    level = np.where(paying, np.maximum(climb.level, CUSTOMER), qualifies).astype(np.int8)
    return replace(climb, level=level)


def _slips(climb: Climb, weighed: Weighed, paying: Flags) -> Flags:
    above = np.where(climb.level == ADVOCATE, weighed.advocate, weighed.client)
    falls = (above == NO) & paying & (climb.level > CUSTOMER)
    return np.asarray(falls | (climb.slipping & (above != 1) & (climb.level > CUSTOMER)))
