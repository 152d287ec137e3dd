"""When a digest falls due, by the company's clock."""

from datetime import date, datetime, time, timedelta

from django.conf import settings

from tenure.core import clock
from tenure.web.digest.choices import Chosen
from tenure.web.models import DigestKind

DAY = timedelta(days=1)
FRIDAY = 4
LASTS = {DigestKind.DAILY: DAY, DigestKind.WEEKLY: 3 * DAY}
"""How long a digest is worth sending, from the begin of its day."""


def local_now() -> datetime:
    """The time on the company's clock."""
    return clock.now().astimezone(settings.COMPANY_TIME_ZONE)


def period_due(chosen: Chosen) -> date | None:
    """The period whose digest should be on its way now; None before its hour, or after its time."""
    today = local_now().date()
    if chosen.kind == DigestKind.DAILY and today.weekday() > FRIDAY:
        return None
    period = clock.week_start(today) if chosen.kind == DigestKind.WEEKLY else today
    moment = begins(period, chosen.hour)
    if moment < chosen.since or not moment <= clock.now() < ends(chosen.kind, period):
        return None
    return period


def begins(period: date, hour: int) -> datetime:
    """An hour of a day of the company's."""
    return datetime.combine(period, time(hour), settings.COMPANY_TIME_ZONE)


def ends(kind: str, period: date) -> datetime:
    """When a digest is not worth sending any more."""
    return begins(period + LASTS[DigestKind(kind)], 0)
