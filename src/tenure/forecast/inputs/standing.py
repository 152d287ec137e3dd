"""Health, pulse, level and attributes of accounts as known on each day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.history import attribute_on
from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast.inputs import levels
from tenure.forecast.inputs.days import Floats, end_of
from tenure.health.in_force import scorecards_in_force
from tenure.health.models import Score
from tenure.timeline.models import Pulse

_FIELDS = ("account_id", "as_of", "value", "coverage", "measures", "computed_at")
PULSE_DAYS = 90


def health_features(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    """The score, its coverage and the points of its groups, from the week that had ended."""
    group_of = groups_of_measures()
    names = ["health", "health_coverage", *sorted({f"health_{g}" for g in group_of.values()})]
    found = {name: np.full((len(accounts), len(days)), np.nan) for name in names}
    row_of = {account: row for row, account in enumerate(accounts)}
    scored = {_scored_on(day): column for column, day in enumerate(days)}
    rows = Score.objects.filter(
        account__pk__range=(min(accounts), max(accounts)), as_of__in=scored
    ).order_by("pk")
    kept: set[tuple[int, date]] = set()
    for account, day, value, coverage, measures, computed in rows.values_list(*_FIELDS).iterator():
        late = (account, day) in kept and computed > end_of(day)
        if account not in row_of or late:  # the first of a backfill, else the newest by then
            continue
        kept.add((account, day))
        at = (row_of[account], scored[day])
        found["health"][at] = np.nan if value is None else value
        found["health_coverage"][at] = coverage
        for group, points in _points(measures, group_of).items():
            found[f"health_{group}"][at] = points
    return found


def _scored_on(day: date) -> date:
    """The Sunday on or before a day; today itself."""
    return day if day >= clock.today() else day - timedelta(days=(day.weekday() + 1) % 7)


def groups_of_measures() -> dict[str, str]:
    """Measure → its group, over the scorecards in force."""
    return {
        measure.key: group.key
        for definition in scorecards_in_force()
        for group in definition.scorecard.groups
        for measure in group.measures
    }


def _points(measures: Sequence[Any], group_of: Mapping[str, str]) -> dict[str, float]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key, _raw, points, share in measures:
        if points is not None and key in group_of:
            sums[group_of[key]][0] += points * share
            sums[group_of[key]][1] += share
    return {group: total / weight for group, (total, weight) in sums.items() if weight > 0}


def measure_points(account: NDArray[np.int64], origin: NDArray[np.datetime64]) -> dict[str, Floats]:
    """Measure → its points (n,) in the scores of some accounts, each on its own day."""
    days = [_scored_on(day) for day in origin.tolist()]
    row_of = {key: row for row, key in enumerate(zip(account.tolist(), days, strict=True))}
    found: dict[str, Floats] = {}
    scores = Score.objects.filter(as_of__in=set(days)).order_by("pk")
    fields = scores.values_list("account_id", "as_of", "measures")
    for owner, day, measures in fields.iterator():
        row = row_of.get((owner, day))
        if row is not None:
            for key, _raw, points, _share in measures:
                column = found.setdefault(key, np.full(len(days), np.nan))
                column[row] = np.nan if points is None else points
    return found


def hand_set_shares() -> dict[str, float]:
    """Each measure's share of the weight, as a mean over the scorecards in force."""
    sums: dict[str, float] = defaultdict(float)
    definitions = scorecards_in_force()
    for definition in definitions:
        card = definition.scorecard
        for measure, share in zip(card.measures(), card.shares().tolist(), strict=True):
            sums[measure.key] += share / len(definitions)
    return dict(sums)


def pulse_feature(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    """The newest pulse of the last 90 days."""
    found = np.full((len(accounts), len(days)), np.nan)
    row_of = {account: row for row, account in enumerate(accounts)}
    rows = Pulse.objects.filter(account__pk__range=(min(accounts), max(accounts)))
    fields = ("account_id", "value", "occurred_at", "recorded_at", "superseded_at")
    for account, value, occurred, recorded, superseded in rows.order_by(
        "occurred_at", "pk"
    ).values_list(*fields):
        for column, day in enumerate(days):
            end = end_of(day)
            known = max(occurred, recorded) <= end and (superseded is None or superseded > end)
            if known and account in row_of and end - occurred <= timedelta(days=PULSE_DAYS):
                found[row_of[account], column] = value
    return {"pulse": found}


def level_feature(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    """1 while an account was a client, 0 while not; nan before its first level."""
    found = np.full((len(accounts), len(days)), np.nan)
    row_of = {account: row for row, account in enumerate(accounts)}
    for change in levels.changes(accounts):
        after = [column for column, day in enumerate(days) if change.day <= day]
        found[row_of[change.account], after] = float(change.client)
    return {"client": found}


@dataclass(frozen=True)
class Encoding:
    """Which words of which attributes have a feature of their own, as `segment=SMB`."""

    words: Mapping[str, tuple[str, ...]]

    @classmethod
    def learn(cls, least: int = 20, most: int = 8) -> "Encoding":
        """The most frequent words of segment and industry."""
        words = {}
        for field in ("segment", "industry"):
            counts: dict[str, int] = defaultdict(int)
            for word in Account.objects.values_list(field, flat=True):
                counts[word] += 1
            frequent = sorted((w for w, n in counts.items() if w and n >= least), key=str)
            words[field] = tuple(sorted(frequent, key=lambda w: (-counts[w], w))[:most])
        return cls(words)


def attribute_features(
    encoding: Encoding, accounts: Sequence[int], days: Sequence[date]
) -> dict[str, Floats]:
    """1 or 0 for each encoded word, and the number of employees."""
    found: dict[str, Floats] = {}
    for field, words in encoding.words.items():
        if words:
            values = attribute_on(field, days, accounts)
            found |= {f"{field}={w}": (values == w).astype(float) for w in words}
    staff = attribute_on("employees", days, accounts)
    known = [[np.nan if v is None else float(v) for v in row] for row in staff]
    found["employees"] = np.array(known, dtype=float).reshape(len(accounts), len(days))
    return found
