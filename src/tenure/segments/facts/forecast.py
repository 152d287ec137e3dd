"""Chances by the forecast, in per cent, as known at a moment."""

from collections.abc import Mapping
from typing import Any

from tenure.accounts.models import Account
from tenure.engine.panel import CLIENT
from tenure.forecast.selectors.predictions import incidence_of, newest_rows
from tenure.segments.facts.moment import Moment

YEAR = 12


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Only of models that beat the base rate: a base rate tells no account from another."""
    rows = newest_rows(Account.objects.all(), None if moment.is_now else moment.day)
    rows = rows.filter(run__signal=True, made_at__lt=moment.end)
    fields = ("account_id", "survival", "value", *(["hazards"] if "client_12" in names else []))
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    horizons = {n: int(n.removeprefix("churn_")) for n in names if n.startswith("churn_")}
    for account, survival, value, *hazards in rows.values_list(*fields).iterator():
        for name, months in horizons.items():
            if len(survival) >= months:
                found[name][account] = (1.0 - survival[months - 1]) * 100
        if "value" in names and value is not None:
            found["value"][account] = value
        hazard = hazards[0].get(CLIENT, ()) if hazards else ()
        if len(hazard) >= YEAR:
            found["client_12"][account] = incidence_of(survival, list(hazard))[YEAR - 1] * 100
    return found
