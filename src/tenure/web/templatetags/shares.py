"""Shares, their intervals and changes of money, as the page Retention writes them."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenure.engine.retention import Interval
from tenure.web.retention.heat import HeatCell
from tenure.web.retention.words import between
from tenure.web.templatetags.formats import DASH, money, number

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """A share in per cent without the sign, for columns that say so above."""
    return DASH if value is None else number(100 * value)


@register.simple_tag
def heat_cells(cells: Sequence[HeatCell]) -> SafeString:
    """The cells of a row of the heat map, drawn in one go, since a page has hundreds of them."""
    words = {cell: format_html(CELL, cell.step, _share(cell)) for cell in set(cells)}
    return format_html_join("", "{}", ((words[cell],) for cell in cells))


CELL = '<td class="tn-heat-cell" data-step="{}">{}</td>'


def _share(cell: HeatCell) -> str:
    return "" if cell.share is None else percent(cell.share)


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
