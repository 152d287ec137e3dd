"""Chances by the forecast, in per cent, as known at a moment."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from tenure.accounts.models import Account
from tenure.engine.panel import CLIENT
from tenure.forecast.models import Prediction
from tenure.forecast.selectors.predictions import incidence_of, newest_rows
from tenure.segments.facts.moment import Moment

YEAR = 12


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Only of models that beat the base rate: a base rate tells no account from another."""
    accounts = moment.of(Account.objects.all(), "pk")
    rows = newest_rows(accounts, None if moment.is_now else moment.day)
    rows = rows.filter(run__signal=True, made_at__lt=moment.end)
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    horizons = [name for name in names if name.startswith("churn_")]
    # The database picks the months asked for: reading whole curves takes most of the time.
    stays = [KeyTextTransform(_month(name) - 1, "survival") for name in horizons]
    for account, value, *chances in rows.values_list("account_id", "value", *stays).iterator():
        for name, stay in zip(horizons, chances, strict=True):
            if stay not in (None, "null"):  # SQLite gives a JSON null as a word
                found[name][account] = (1.0 - float(stay)) * 100
        if "value" in names and value is not None:
            found["value"][account] = value
    if "client_12" in names:
        found["client_12"] = _become_clients(rows)
    return found


def _month(name: str) -> int:
    return int(name.removeprefix("churn_"))


def _become_clients(rows: QuerySet[Prediction]) -> dict[int, float]:
    found = {}
    for account, survival, hazards in rows.values_list("account_id", "survival", "hazards"):
        hazard = hazards.get(CLIENT, ())
        if len(hazard) >= YEAR:
            found[account] = incidence_of(survival, list(hazard))[YEAR - 1] * 100
    return found
