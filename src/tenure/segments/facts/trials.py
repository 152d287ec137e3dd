"""Trials as known at a moment."""

from datetime import date

from django.db.models import Q

from tenure.contracts.models import SubscriptionPeriod
from tenure.contracts.selectors import periods_as_known
from tenure.segments.facts.moment import Moment


def ends(moment: Moment) -> dict[int, date]:
    """The day on which the trial that runs ends, where that was said; the last one of several."""
    open_still = Q(ended_at__isnull=True) | Q(ended_at__gte=moment.end)
    rows = SubscriptionPeriod.objects.filter(
        moment.known, open_still, is_trial=True, started_at__lt=moment.end
    )
    accounts = set(moment.of(rows).values_list("account_id", flat=True))
    known_at = None if moment.is_now else moment.end
    found: dict[int, date] = {}
    # A trial also ends where its subscription's next period starts, so whole subscriptions count.
    for period in periods_as_known(known_at, accounts) if accounts else ():
        end = period.ended or period.renews
        if period.is_trial and period.active_at(moment.end) and end is not None:
            day = end.date()
            found[period.account] = max(day, found.get(period.account, day))
    return found
