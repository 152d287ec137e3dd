"""The catalogue of metrics with what their values look like over all accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.wording import told
from tenure.health.labels import source_title
from tenure.metrics.definitions import Catalogue, Metric
from tenure.metrics.models import AccountSnapshot
from tenure.web.figures import Chart, Series
from tenure.web.sources.kept import kept
from tenure.web.templatetags.formats import plain

BINS = 14
UNKNOWN = (None, "null")  # SQLite gives the word for a null within JSON


@dataclass(frozen=True)
class Spread:
    """How a metric's newest values lie: accounts with a value, quartiles, counts per bin."""

    known: int
    low: float
    middle: float
    high: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class MetricRow:
    """One metric of the catalogue."""

    metric: Metric
    how: str
    sources: tuple[str, ...]
    spread: Spread | None


def rows_of(catalogue: Catalogue) -> list[MetricRow]:
    """Every metric that applies, by title."""
    spreads: dict[str, Spread] = kept("metric spreads", _spreads)
    return [
        MetricRow(metric, how(metric), sources_of(catalogue, metric), spreads.get(metric.key))
        for metric in sorted(catalogue.metrics, key=lambda m: told(m.title))
    ]


def sources_of(catalogue: Catalogue, metric: Metric) -> tuple[str, ...]:
    """The names of the sources that a metric is made from in the end."""
    return tuple(source_title(source) for source in catalogue.sources_of(metric.key))


def how(metric: Metric) -> str:
    """What a metric is made of, in a few words."""
    body = metric.body
    if metric.kind == "formula":
        return f"= {body.get('formula', '')}"
    if metric.kind == "ratio":
        return f"{body.get('over')} / {body.get('by')}"
    if metric.of and metric.derived:
        weeks = ngettext("%(n)d week", "%(n)d weeks", metric.weeks) % {"n": metric.weeks}
        return f"{metric.kind}({metric.of}), {weeks}"
    if metric.kind in {"since", "open", "seats"}:
        return metric.kind
    days = ngettext("%(n)d day", "%(n)d days", metric.window) % {"n": metric.window}
    return f"{metric.kind}, {days}"


def leaning_on(catalogue: Catalogue, key: str) -> list[Metric]:
    """The metrics that are computed from one."""
    return sorted((m for m in catalogue.metrics if key in m.inputs), key=lambda m: told(m.title))


def _spreads() -> dict[str, Spread]:
    columns: dict[str, list[float]] = {}
    for values in AccountSnapshot.objects.values_list("values", flat=True).iterator():
        for key, value in values.items():
            if value is not None:
                columns.setdefault(key, []).append(value)
    return {key: found for key, values in columns.items() if (found := spread_of(values))}


def spread_of(values: Iterable[float]) -> Spread | None:
    """Quartiles and a histogram; a few extreme values share the outermost bins."""
    known = np.array([v for v in values if v is not None], dtype=float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return None
    low, middle, high = np.percentile(known, [25, 50, 75])
    least, most = np.percentile(known, [1, 99])
    if most <= least:
        least, most = float(known.min()), float(known.max())
    if most <= least:
        least, most = least - 0.5, least + 0.5
    counts, edges = np.histogram(np.clip(known, least, most), bins=BINS, range=(least, most))
    return Spread(
        int(known.size),
        float(low),
        float(middle),
        float(high),
        tuple(edges.tolist()),
        tuple(counts.tolist()),
    )


def spread_now(key: str) -> tuple[Spread | None, date | None]:
    """The values of one metric, and the day they are of."""
    rows = AccountSnapshot.objects.filter(**{f"values__{key}__isnull": False})
    texts: list[Any] = list(rows.values_list(KT(f"values__{key}"), flat=True))
    newest = AccountSnapshot.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return spread_of(float(text) for text in texts if text not in UNKNOWN), newest


def spread_chart(metric: Metric, spread: Spread | None) -> Chart:
    """A histogram."""
    pairs = zip(spread.edges, spread.edges[1:], strict=False) if spread else []
    return Chart(
        key="spread",
        title=_("Accounts by value"),
        kind="bar",
        labels=[f"{plain(a)} – {plain(b)}" for a, b in pairs],
        series=[Series(_("Accounts"), [float(n) for n in spread.counts] if spread else [])],
        note=told(metric.unit),
        summary=_("%(n)s accounts have a value; half of them lie between %(low)s and %(high)s.")
        % {"n": spread.known, "low": plain(spread.low), "high": plain(spread.high)}
        if spread
        else _("No account has a value yet."),
    )
