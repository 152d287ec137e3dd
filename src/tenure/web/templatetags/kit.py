"""The UI kit as template tags; the page /kit shows each of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.figures import Chart, spark_of
from tenure.web.icons import ICONS
from tenure.web.plots import Plot
from tenure.web.templatetags.formats import DASH, absent, day, plain, signed

register = template.Library()
_RING = '<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" stroke-width="1.2"'
SHAPES = {
    Band.GOOD: mark_safe('<circle cx="5" cy="5" r="4.5" fill="currentColor"/>'),
    Band.FAIR: mark_safe(f'{_RING}/><path d="M5 1a4 4 0 0 1 0 8z" fill="currentColor"/>'),  # noqa: S308 - a constant
    Band.POOR: mark_safe('<path d="M5 .5 9.7 9.2H.3z" fill="currentColor"/>'),
    Band.UNKNOWN: mark_safe(f'{_RING} stroke-dasharray="2 1.6"/>'),  # noqa: S308 - a constant
}


def _steps(climbed: int) -> SafeString:
    return format_html_join(
        "",
        '<rect x="{}" y="{}" width="4" height="{}" rx="0.6" fill="currentColor" class="{}"/>',
        (
            (x, 12 - height, height, "" if step < climbed else "tn-step-off")
            for step, (x, height) in enumerate((("0", 4), ("5.5", 8), ("11", 12)))
        ),
    )


ARROWS = {
    shape: format_html(
        '<svg viewBox="0 0 10 10" aria-hidden="true"><path d="{}" fill="currentColor"/></svg>', path
    )
    for shape, path in (("up", "M5 1 9.5 9H.5z"), ("down", "M5 9 .5 1h9z"))
}
LADDERS = tuple(_steps(climbed) for climbed in range(4))
NUMERIC = mark_safe(' class="tn-num"')
STEPS = {"prospect": 0, "customer": 1, "client": 2, "advocate": 3, "former": 0}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing that only repeats what the text beside it says."""
    return format_html(
        '<svg class="tn-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        ICONS.get(name, ICONS["note"]),
    )


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    sub: str = "",
    key: str = "",
    flush: bool = False,
    link: str = "",
    link_text: str = "",
) -> SafeString:
    """A card with a heading. `flush`: its content brings its own padding, as tables do."""
    return get_template("kit/card.html").render(  # type: ignore[return-value]
        {
            "content": content, "title": title, "sub": sub, "key": key,
            "flush": flush, "link": link, "link_text": link_text,
        }
    )  # fmt: skip


@register.inclusion_tag("kit/metric.html")
def metric(
    name: str,
    value: str,
    unit: str = "",
    note: str = "",
    change: float | None = None,
    good_when: str = "up",
    since: str = "",
    url: str = "",
) -> dict[str, Any]:
    """A number with its trend, and a link to how it came about."""
    tone = ""
    if change and good_when in {"up", "down"}:
        tone = "good" if (change > 0) == (good_when == "up") else "poor"
    return {
        "name": name, "value": value, "unit": unit, "note": note, "change": change,
        "tone": tone, "since": since, "url": url,
    }  # fmt: skip


@register.inclusion_tag("kit/chart.html")
def chart(drawing: Chart) -> dict[str, Any]:
    """A chart with its sentence, its table and the code that draws it, which runs once a page."""
    return {"chart": drawing, "drawing": drawing.drawing(get_language() or "en")}


@register.inclusion_tag("kit/plot.html")
def plot(drawing: Plot) -> dict[str, Any]:
    """Points over two scales, with sentence, table and code as a chart has them."""
    return {"plot": drawing, "drawing": drawing.drawing(get_language() or "en")}


@register.simple_tag
def sparkline(values: Sequence[float | None] | None, label: str = "") -> SafeString | str:
    """A small line from zero up; its text alternative names the first and last value."""
    spark = spark_of(values or [])
    if spark is None:
        return format_html('<span class="tn-spark-none">{}</span>', DASH)
    ends = {"a": plain(spark.first_value), "b": plain(spark.last_value)}
    text = f"{label} " + _("from %(a)s to %(b)s") % ends
    return format_html(
        '<svg class="tn-spark" viewBox="0 0 96 22" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}{}</svg>',
        text.strip(),
        format_html_join("", '<polygon points="{}"/>', ((area,) for area in spark.areas)),
        format_html_join("", '<polyline points="{}"/>', ((line,) for line in spark.lines)),
    )


@register.simple_tag
def health_pill(value: float | None, band: str, change: float | None = None) -> SafeString:
    """Health as a number, a word and a shape; never by colour alone."""
    known = Band(band) if band in Band.values else Band.UNKNOWN
    shown = "" if value is None or known == Band.UNKNOWN else f"{round(value)} "
    drawn = _health_drawn(known, shown, get_language())
    return drawn if change is None else format_html("{} {}", drawn, toned_change(change))


@lru_cache(maxsize=2048)
def _health_drawn(band: Band, shown: str, language: str | None) -> SafeString:
    """Kept, as every row of a list has one; the language is a part of the key."""
    return format_html(
        '<span class="tn-pill" data-tone="{}"><svg viewBox="0 0 10 10" aria-hidden="true">{}</svg>'
        '{}<span class="tn-pill-word">{}</span></span>',
        band,
        SHAPES[band],
        shown,
        Band(band).label,
    )


@register.simple_tag
def level_badge(level: str, since: Any = None) -> SafeString:
    """The level as a word and as steps climbed."""
    drawn = _level_drawn(level, get_language())
    if not since:
        return drawn
    return format_html(
        '{} <span class="tn-muted tn-small">{} {}</span>', drawn, _("since"), day(since)
    )


@lru_cache(maxsize=128)
def _level_drawn(level: str, language: str | None) -> SafeString:
    name = Level(level).label if level in Level.values else _("not evaluated")
    return format_html(
        '<span class="tn-level" data-level="{}">'
        '<svg viewBox="0 0 15 12" aria-hidden="true">{}</svg>{}</span>',
        level,
        LADDERS[STEPS.get(level, 0)],
        name,
    )


@register.simple_tag
def pill(word: str, tone: str = "", shape: str = "") -> SafeString:
    """A short word in a soft frame. Tones: good, fair, poor, info, or none; shapes: up, down."""
    drawn = ARROWS.get(shape, "")
    return format_html('<span class="tn-pill" data-tone="{}">{}{}</span>', tone, drawn, word)


@register.simple_tag(name="change")
def toned_change(value: float | None, good_when: str = "up", decimals: int = 0) -> SafeString | str:
    """A change with its sign, toned by whether it is for the better."""
    if value is None or absent(value):
        return ""
    up = value > 0
    tone = "" if not round(value, decimals) else "good" if up == (good_when == "up") else "poor"
    return format_html(
        '<span class="tn-change" data-tone="{}">{}</span>', tone, signed(value, decimals)
    )


@register.inclusion_tag("kit/bar.html")
def bar(value: float | None, least: float = 0, most: float = 1, tone: str = "") -> dict[str, Any]:
    """A bar between two values; it starts at zero and may run either way."""
    span = (most - least) or 1
    zero = (max(min(0, most), least) - least) / span * 100
    at = zero if value is None else (max(min(value, most), least) - least) / span * 100
    return {
        "start": round(min(zero, at), 2), "width": round(abs(at - zero), 2),
        "zero": round(zero, 2), "tone": tone, "both": least < 0 < most,
    }  # fmt: skip


@register.inclusion_tag("kit/bar.html")
def bar_between(
    start: float, end: float, least: float, most: float, tone: str = ""
) -> dict[str, Any]:
    """A bar from one value to another, whichever is the greater: a step of a waterfall."""
    span = (most - least) or 1
    first, last = sorted((start, end))
    at = (max(first, least) - least) / span * 100
    width = (min(last, most) - least) / span * 100 - at
    return {
        "start": round(at, 2), "width": round(max(width, 0.0), 2), "zero": 0.0,
        "tone": tone, "both": False,
    }  # fmt: skip


@register.inclusion_tag("kit/evidence.html")
def evidence(items: list[Any]) -> dict[str, Any]:
    """Clauses or checks: each with `name`, `answer` (yes, no, unknown), `text` and `missing`."""
    return {"items": items}


@register.inclusion_tag("kit/timeline.html")
def timeline(moments: list[Any]) -> dict[str, Any]:
    """What happened, newest first: a list of `figures.Moment`."""
    return {"moments": moments}


@register.inclusion_tag("kit/empty.html")
def empty(
    title: str, text: str = "", code: str = "", url: str = "", link: str = ""
) -> dict[str, Any]:
    """Nothing to show yet, and what to connect or do so that there is."""
    return {"title": title, "text": text, "code": code, "url": url, "link": link}


@register.inclusion_tag("kit/known_on.html", takes_context=True)
def known_on(context: template.Context, on: Any, least: Any = None) -> dict[str, Any]:
    """Date travel: choose the day as of which the page is shown."""
    request = context["request"]
    kept = [(k, v) for k, v in request.GET.items() if k not in {"on", "page"}]
    return {
        "on": on,
        "least": least,
        "kept": kept,
        "path": request.path,
        "today": context.get("today"),
    }


@register.inclusion_tag("kit/coverage.html")
def coverage(
    as_of: Any, have: int | None = None, all_sources: int | None = None, note: str = ""
) -> dict[str, Any]:
    """What a number is built on, and as of when."""
    return {"as_of": as_of, "have": have, "all": all_sources, "note": note}


@register.inclusion_tag("kit/pager.html", takes_context=True)
def pager(
    context: template.Context, page: Any, name: str = "page", target: str = ""
) -> dict[str, Any]:
    """Previous and next of a paginated list; the rest of the query string is kept."""
    return {"page": page, "name": name, "target": target, "request": context["request"]}


@register.inclusion_tag("kit/confirm.html")
def confirm(
    key: str, title: str, text: str, yes: str, danger: bool = False, counts: bool = False
) -> dict[str, Any]:
    """A dialog that a form or button names in data-confirm before it is sent."""
    return {
        "key": key, "title": title, "text": text, "yes": yes, "danger": danger, "counts": counts,
    }  # fmt: skip


@register.inclusion_tag("kit/fields.html")
def fields(form: Any) -> dict[str, Any]:
    """The fields of a Django form, with labels, hints and errors tied to them."""
    for field in form.fields.values():
        kind = getattr(field.widget, "input_type", "text")
        look = {"checkbox": "form-check-input", "select": "form-select"}.get(kind, "form-control")
        field.widget.attrs.setdefault("class", look)
    return {"form": form}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed; None or '' removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    text = params.urlencode()
    return f"?{text}" if text else "?"


@register.filter
def pick(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key, where a template knows the key only by a variable."""
    return mapping.get(key)


@register.simple_tag
def cells(columns: Sequence[Any], row: Any) -> SafeString:
    """The cells of a row: text is escaped, what the kit drew is not.

    Drawn in one go, since a page of the list has hundreds of them.
    """
    return format_html_join(
        "",
        "<td{}>{}</td>",
        ((NUMERIC if column.numeric else "", column.cell(row)) for column in columns),
    )
