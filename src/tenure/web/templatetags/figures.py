"""The data tables of charts, drawn in one go, since a page has thousands of their cells."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from tenure.web.figures import Chart
from tenure.web.templatetags.formats import plain

register = template.Library()
NUMBER = '<td class="tn-num">{}</td>'


@register.simple_tag
def chart_rows(chart: Chart) -> SafeString:
    """A row for each label, with a cell for each column."""
    words: dict[float | None, str] = {}
    for _label, values in chart.rows():
        words |= {value: plain(value) for value in values if value not in words}
    return format_html_join(
        "",
        '<tr><td class="tn-nowrap">{}</td>{}</tr>',
        (
            (label, format_html_join("", NUMBER, ((words[value],) for value in values)))
            for label, values in chart.rows()
        ),
    )
