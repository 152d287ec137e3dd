"""Months, tiers, terms and shares as the page writes them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tenure.engine.retention import Interval, Trend, month_begin
from tenure.web.locales import written_quarter
from tenure.web.templatetags.formats import month_text, number, share, signed


def month_name(month: int) -> str:
    """A month numbered from January 1970, with its year."""
    return month_text(month_begin(month).date())


def quarter_of(month: int) -> str:
    """The quarter that begins with a month."""
    return written_quarter(month_begin(month).date())


def tier_name(tier: int) -> str:
    """A tier of the plan."""
    return pgettext("plan", "Tier %(n)s") % {"n": tier}


def term_name(months: int) -> str:
    """A term by its length."""
    if months == 0:
        return _("term unknown")
    known = {1: _("monthly"), 12: _("yearly")}
    return known.get(months) or _("%(n)s months") % {"n": months}


def months_text(months: int) -> str:
    """A number of months."""
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)}


def between(interval: Interval | None, decimals: int = 1) -> str:
    """An interval of shares; empty without one."""
    if interval is None:
        return ""
    low = number(100 * interval.low, decimals)
    return f"{low}–{share(interval.high, decimals)}"


def trend_text(found: Trend | None, decimals: int = 2, points: bool = True) -> str:
    """A trend for each month as a sentence, with whether it can be told from none.

    `points`: of a share, in percentage points; else of a plain number.
    """
    if found is None:
        return _("Too few months for a trend.")
    times = 100 if points else 1
    shown = {
        "slope": signed(times * found.slope, decimals),
        "size": number(abs(times * found.slope), decimals),
        "low": signed(times * found.low, decimals),
        "high": signed(times * found.high, decimals),
    }
    # An end that rounds to nothing is nothing for the reader.
    ends = [round(times * end, decimals) for end in (found.low, found.high)]
    if not found.clear or not all(ends):
        text = _("No clear trend: %(slope)s a month (%(low)s to %(high)s).")
    elif found.slope > 0:
        text = _("Rising by %(size)s a month (%(low)s to %(high)s).")
    else:
        text = _("Falling by %(size)s a month (%(low)s to %(high)s).")
    return text % shown
