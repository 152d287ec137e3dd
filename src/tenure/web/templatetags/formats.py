"""Numbers, money and dates in the reader's locale."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core import clock
from tenure.core.wording import listed, told
from tenure.web.locales import (
    around_amount,
    cents_of,
    grouped,
    percent_gap,
    unit_after,
    written_day,
    written_month,
)

register = template.Library()
Number = int | float | Decimal | None
DASH = "–"
SHARES = frozenset({"seat_share", "stickiness", "active_weeks_share_26"})
"""Metrics that are a part of a whole."""


register.filter("told", told)
register.filter("listed", listed)
register.filter("unit", unit_after)


def absent(value: object) -> bool:
    """Whether there is nothing to show; a template names what is missing with an empty string."""
    return value is None or value == ""


@register.filter
def number(value: Number, decimals: int = 0) -> str:
    """A number with grouping; a dash when there is none."""
    if value is None or absent(value):
        return DASH
    shown = round(Decimal(str(value)).copy_abs(), decimals)
    text = grouped(f"{shown:,.{decimals}f}")
    return f"−{text}" if value < 0 and shown else text


@register.filter
def plain(value: Number) -> str:
    """A metric's value as precise as a reader needs: whole from 100 on, else up to two places."""
    if value is None or absent(value):
        return DASH
    size = -value if value < 0 else value
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    return number(value, decimals)


@register.filter
def hours(value: Number) -> str:
    """A number of hours to a tenth, whole ones without it."""
    if value is None or absent(value):
        return DASH
    shown = round(Decimal(str(value)), 1)
    return number(shown, 0 if shown == shown.to_integral_value() else 1)


@register.filter
def several(value: Number) -> int:
    """By what a sentence takes its plural that shows `hours`: 1 where it reads 1, else 2."""
    return 1 if hours(value) == hours(1) else 2


@register.filter
def measured(value: Number, metric: str) -> str:
    """A metric's value: one that is a part of a whole as a percentage."""
    return share(value) if metric in SHARES else plain(value)


@register.filter
def signed(value: Number, decimals: int = 0) -> str:
    """A number with its sign; a true minus, so that columns line up."""
    if value is None or absent(value):
        return DASH
    rounded = round(float(value), decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return sign + number(abs(rounded), decimals)


@register.filter
def share(value: Number, decimals: int = 0) -> str:
    """A fraction as a percentage; only all of something reads 100 %, and only nothing 0 %."""
    if value is None or absent(value):
        return DASH
    percent, least = float(value) * 100, 10.0**-decimals
    shown, sign = round(percent, decimals), ""
    if shown == 100 and percent < 100:
        shown, sign = 100 - least, ">\N{NO-BREAK SPACE}"
    elif shown == 0 and percent > 0:
        shown, sign = least, "<\N{NO-BREAK SPACE}"
    return f"{sign}{number(shown, decimals)}{percent_gap()}%"


@register.filter
def money(value: Number, currency: str = "") -> str:
    """An amount in whole units of a currency (the reporting currency when none is given)."""
    return _in_currency(value, currency or settings.REPORTING_CURRENCY, 0)


@register.filter
def exact_money(value: Number, currency: str = "") -> str:
    """An amount to the cent, as on an invoice."""
    code = currency or settings.REPORTING_CURRENCY
    return _in_currency(value, code, cents_of(code))


def _in_currency(value: Number, code: str, decimals: int) -> str:
    if value is None or absent(value):
        return DASH
    before, after = around_amount(code)
    amount = number(-value if value < 0 else value, decimals)
    return f"{'−' if value < 0 else ''}{before}{amount}{after}"


@register.filter
def day_text(value: date) -> str:
    """A day written so that no reader takes the month for the day."""
    return written_day(value)


def month_text(value: date) -> str:
    """A month with its year."""
    return written_month(value)


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A day as a <time> element; a dash when there is none."""
    if value is None or absent(value):
        return DASH
    return format_html(
        '<time datetime="{}">{}</time>', _as_date(value).isoformat(), day_text(value)
    )


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A day and time, in UTC."""
    if value is None or absent(value):
        return DASH
    text = f"{day_text(value)} {value:%H:%M} UTC"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def ago(value: date | datetime | None, today: date | None = None) -> SafeString | str:
    """How long ago, in one unit, with the date for whoever points at it."""
    if value is None or absent(value):
        return DASH
    that = _as_date(value)
    days = ((today or clock.today()) - that).days
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', that.isoformat(), day_text(that), _ago(days)
    )


def _as_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(timezone.get_current_timezone())).date()
    return value


def _ago(days: int) -> str:
    if days < 0:
        return _in(-days)
    if days == 0:
        return _("today")
    if days < 60:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months}
    years = days // 365
    return ngettext("%(n)s year ago", "%(n)s years ago", years) % {"n": years}


def _in(days: int) -> str:
    if days < 60:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    months = round(days / 30.44)
    return ngettext("in %(n)s month", "in %(n)s months", months) % {"n": months}
