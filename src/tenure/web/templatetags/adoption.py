"""Cells of the matrix of features, drawn in one go, since a page has hundreds of them."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenure.engine.adoption import Difference
from tenure.web.adoption.features import Count
from tenure.web.templatetags.formats import number, signed

register = template.Library()
CELL = '<td class="tn-heat-cell" data-step="{}">{}</td>'


@register.simple_tag
def count_cells(cells: Sequence[Count]) -> SafeString:
    """The cells of an account; what was not used stays a plain zero."""
    words = {cell: format_html(CELL, cell.step, number(cell.value)) for cell in set(cells)}
    return format_html_join("", "{}", ((words[cell],) for cell in cells))


@register.filter
def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return signed(None if value is None else 100 * value, 0)


@register.filter
def between_points(value: Difference | None) -> str:
    """The interval of a difference of shares in percentage points."""
    if value is None:
        return ""
    return f"{signed(100 * value.low, 0)} … {signed(100 * value.high, 0)}"
