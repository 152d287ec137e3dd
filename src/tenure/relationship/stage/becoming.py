"""The stage `becoming`: the newest chances of becoming a client, brought to the standings."""

from typing import Any

from tenure.core.pipeline import Refresh
from tenure.relationship.models import Level, Standing

BATCH = 500


def becoming_refresh(refresh: Refresh) -> dict[str, Any]:
    """After predicting and training, so that the first model shows at once; how many changed."""
    from tenure.relationship.inputs.becoming import client_chances

    found = client_chances()
    changed = []
    for standing in Standing.objects.iterator():
        chances = found.get(standing.account_id, [])
        year = chances[-1] if chances and standing.level == Level.CUSTOMER else None
        if (standing.client_chances, standing.client_within_year) != (chances, year):
            standing.client_chances, standing.client_within_year = chances, year
            changed.append(standing)
    fields = ["client_chances", "client_within_year"]
    Standing.objects.bulk_update(changed, fields, batch_size=BATCH)
    return {"forecast": len(found), "changed": len(changed)}
