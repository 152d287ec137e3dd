"""Shares, their intervals and changes of money, as the page Retention writes them."""

from decimal import Decimal

from django import template

from tenure.engine.retention import Interval
from tenure.web.retention.words import between
from tenure.web.templatetags.formats import DASH, money, number

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """A share in per cent without the sign, for columns that say so above."""
    return DASH if value is None else number(100 * value)


@register.filter
def interval(value: Interval | None) -> str:
    """An interval of shares; empty without one."""
    return between(value)


@register.filter
def signed_money(value: Decimal | None) -> str:
    """A change of money with its sign."""
    if value is None:
        return DASH
    return f"+{money(value)}" if value > 0 else money(value)
