"""The UI kit as template tags; the page /kit shows each of them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.figures import Chart, spark_of
from tenure.web.icons import ICONS
from tenure.web.templatetags.formats import signed

register = template.Library()
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
    """A card with a heading. `flush`: its content brings its own padding, as tables and lists do."""
    return get_template("kit/card.html").render(
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
    """A chart with its sentence and its table. The page must put charts.js in its scripts block."""
    return {"chart": drawing, "drawing": drawing.drawing(get_language() or "en")}


@register.inclusion_tag("kit/sparkline.html")
def sparkline(values: list[float | None] | None, label: str = "") -> dict[str, Any]:
    """A small line from zero up; its text alternative names the first and last value."""
    return {"spark": spark_of(values or []), "label": label}


@register.inclusion_tag("kit/health_pill.html")
def health_pill(value: float | None, band: str, change: float | None = None) -> dict[str, Any]:
    """Health as a number, a word and a shape; never by colour alone."""
    word = Band(band).label if band in Band.values else _("unknown")
    shown = None if value is None or band == Band.UNKNOWN else round(value)
    return {"value": shown, "tone": band or "unknown", "word": word, "change": change}


@register.inclusion_tag("kit/level_badge.html")
def level_badge(level: str, since: Any = None) -> dict[str, Any]:
    """The level as a word and as steps climbed."""
    name = Level(level).label if level in Level.values else _("not evaluated")
    climbed = STEPS.get(level, 0)
    steps = [(x, 12 - h, h, i < climbed) for i, (x, h) in enumerate([(0, 4), (5.5, 8), (11, 12)])]
    return {"level": level, "name": name, "steps": steps, "since": since}


@register.simple_tag
def pill(word: str, tone: str = "") -> SafeString:
    """A short word in a soft frame. Tones: good, fair, poor, info, or none."""
    return format_html('<span class="tn-pill" data-tone="{}">{}</span>', tone, word)


@register.simple_tag
def change(value: float | None, good_when: str = "up", decimals: int = 0) -> SafeString | str:
    """A change with its sign, toned by whether it is for the better."""
    if value is None:
        return ""
    tone = (
        ""
        if not round(value, decimals)
        else "good"
        if (value > 0) == (good_when == "up")
        else "poor"
    )
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
        "key": key,
        "title": title,
        "text": text,
        "yes": yes,
        "danger": danger,
        "counts": counts,
    }


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
def cell(column: Any, row: Any) -> Any:
    """What a column shows of a row; text is escaped, what the kit drew is not."""
    return conditional_escape(column.cell(row))
