"""How long something can be put off: the choices of a snooze, drawn once for all of a page."""

from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenure.core import clock


def until_drawn(today: date) -> str:
    """The choices as buttons, and a day of one's own."""
    tomorrow = today + timedelta(days=1)
    context = {"days": _days(today), "tomorrow": tomorrow}
    return render_to_string("pages/today/until.html", context)


def _days(today: date) -> list[tuple[str, date]]:
    """To the next working day, to the next Monday, two weeks, a month."""
    next_day = today + timedelta(days=1)
    while next_day.weekday() > 4:
        next_day += timedelta(days=1)
    monday = clock.week_start(today) + timedelta(days=7)
    days = [(_("Next working day"), next_day)]
    if monday != next_day:
        days.append((_("Monday"), monday))
    days.append((_("In two weeks"), today + timedelta(days=14)))
    days.append((_("In 30 days"), today + timedelta(days=30)))
    return days
