"""Which suggestions outlive the plan that made them."""

from datetime import date

from django.db.models import Q

from tenure.advice.models import State


def let_go(monday: date) -> Q:
    """What a plan of the week that begins on a Monday lets go of: what was only proposed, and what
    waits from weeks before.
    """
    before = Q(week__lt=monday)
    slept = Q(state=State.SNOOZED, snoozed_until__lt=monday)
    return Q(state=State.OPEN) | before & Q(state=State.HANDED_OVER) | before & slept


def settled(monday: date) -> Q:
    """What it plans around: put off, or given to somebody who decides yet."""
    return Q(state__in=[State.HANDED_OVER, State.SNOOZED]) & ~let_go(monday)
