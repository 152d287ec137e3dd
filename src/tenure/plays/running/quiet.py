"""When nothing is sent: the quiet hours of a play, by the installation's clock."""

from datetime import datetime, time, timedelta

from django.conf import settings

from tenure.plays.definition.shape import Quiet

DAY = timedelta(days=1)
SATURDAY = 5


def awake(moment: datetime, quiet: Quiet) -> datetime:
    """The first time from a moment on at which something may be sent."""
    zone = settings.COMPANY_TIME_ZONE
    local = moment.astimezone(zone)
    while (later := _after(local, quiet)) != local:
        local = later
    return local.astimezone(moment.tzinfo)


def _after(local: datetime, quiet: Quiet) -> datetime:
    """The end of the quiet time that covers a local moment, as far as one rule tells."""
    if quiet.weekends and local.weekday() >= SATURDAY:
        return _at(local + (7 - local.weekday()) * DAY, 0)
    start, end, hour = quiet.start, quiet.end, local.hour
    if start < end and start <= hour < end:
        return _at(local, end)
    if start > end and hour >= start:
        return _at(local + DAY, end)
    if start > end and hour < end:
        return _at(local, end)
    return local


def _at(day: datetime, hour: int) -> datetime:
    """An hour (24: midnight) of a local day."""
    begins = datetime.combine(day.date(), time(hour % 24), day.tzinfo)
    return begins + DAY if hour == 24 else begins
