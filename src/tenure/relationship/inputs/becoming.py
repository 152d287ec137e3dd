"""The forecast's chance of becoming a client, account by account, from its newest prediction."""

from tenure.accounts.models import Account
from tenure.engine.panel import CLIENT
from tenure.forecast.selectors.predictions import incidence_of, newest_rows

MONTHS = (3, 6, 9, 12)


def client_chances() -> dict[int, list[float]]:
    """Account → P(it becomes a client within each of MONTHS); only where it was forecast."""
    rows = newest_rows(Account.objects.all()).values_list("account_id", "survival", "hazards")
    found = {}
    for account, survival, hazards in rows.iterator():
        hazard = hazards.get(CLIENT, ())
        if len(hazard) >= MONTHS[-1]:
            within = incidence_of(survival, hazard)
            found[account] = [round(within[month - 1], 4) for month in MONTHS]
    return found
