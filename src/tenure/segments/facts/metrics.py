"""Weekly metrics at a moment: now from the snapshot, else from the panel."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models.fields.json import KeyTextTransform

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.metrics.models import AccountSnapshot
from tenure.metrics.selectors import catalogue_current, panel_weeks
from tenure.metrics.selectors.grid import WEEK, panel_grid
from tenure.segments.facts.moment import Moment


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Values of metrics; shares in per cent."""
    units = {metric.key: metric.unit for metric in catalogue_current().metrics}
    keys = sorted(names & units.keys())
    if not keys:
        return {}
    found = _snapshot(moment, keys) if moment.is_now else _panel(moment, keys)
    for key in keys:
        if units[key] == "share":
            found[key] = {account: value * 100 for account, value in found[key].items()}
    return found


def _snapshot(moment: Moment, keys: list[str]) -> dict[str, dict[int, float]]:
    named = {f"value_{at}": KeyTextTransform(key, "values") for at, key in enumerate(keys)}
    accounts = moment.of(AccountSnapshot.objects.all())
    rows = accounts.annotate(**named).values_list("account_id", *named)
    told = list(rows)
    return {
        # SQLite gives a JSON null as a word.
        key: {row[0]: float(row[at]) for row in told if row[at] not in (None, "null")}
        for at, key in enumerate(keys, start=1)
    }


def _panel(moment: Moment, keys: list[str]) -> dict[str, dict[int, float]]:
    """The newest week that was over by then; none where the panel does not reach so far."""
    ordered = moment.of(Account.objects.order_by("pk"), "pk")
    accounts = list(ordered.values_list("pk", flat=True))
    week = clock.week_start(moment.day + timedelta(days=1)) - WEEK
    weeks = panel_weeks()
    if weeks is None or not weeks[0] <= week <= weeks[1]:
        return {key: {} for key in keys}
    grid = panel_grid(keys, week, week, accounts)
    found = {}
    for key in keys:
        values = grid[key][:, 0]
        found[key] = {accounts[i]: float(values[i]) for i in np.flatnonzero(~np.isnan(values))}
    return found
