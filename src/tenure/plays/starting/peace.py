"""Accounts that no play reaches for a time."""

from datetime import datetime

from django.db.models import Q

from tenure.plays.models import DoNotDisturb


def in_peace(moment: datetime) -> frozenset[int]:
    """Keys of accounts that are not to be disturbed at a moment, as known by then."""
    still = Q(until__isnull=True) | Q(until__gt=moment)
    rows = DoNotDisturb.objects.filter(
        still, account__isnull=False, since__lte=moment, recorded_at__lte=moment
    )
    keys = rows.values_list("account_id", flat=True)
    return frozenset(key for key in keys if key is not None)
