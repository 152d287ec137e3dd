"""Predictions that were made and have come of age: what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.forecast.models import TrackRecord
from tenure.web.evidence.charts import axis_start
from tenure.web.evidence.measures import AUC, Figure, figure, figures
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import day_text, number

KEYS = ("predicted", "actual", "auc", "log_loss", "slope", "found")
Days: TypeAlias = Mapping[date, Sequence[TrackRecord]]


@dataclass(frozen=True)
class RecordRow:
    """All predictions scored on one day, over one horizon."""

    as_of: date
    horizon: int
    predictions: int
    events: int
    figures: tuple[Figure, ...]


def record_rows(days: Days) -> list[RecordRow]:
    """Those of the newest day of scoring, by horizon."""
    return [
        RecordRow(
            row.as_of,
            row.horizon,
            row.predictions,
            row.events,
            figures(row.metrics, KEYS),
        )
        for row in next(iter(days.values()), ())
    ]


def record_sentence(live: Days, replay: Days) -> str:
    """What the record is, so that nobody takes a replay for foresight."""
    rows = record_rows(live)
    if rows:
        shortest = rows[0]
        return ngettext(
            "%(n)s predictions were made at the time and are old enough to be told right or wrong "
            "over a month; in %(left)s cases the account left within that time.",
            "%(n)s predictions were made at the time and are old enough to be told right or wrong "
            "over %(h)s months; in %(left)s cases the account left within that time.",
            shortest.horizon,
        ) % {
            "n": number(shortest.predictions),
            "h": shortest.horizon,
            "left": number(shortest.events),
        }
    if replay:
        return _(
            "No prediction made at the time is old enough yet. Until then the replay shows what "
            "would have been said, from what was known on each day and nothing later."
        )
    return _("No prediction is old enough yet to be told right or wrong.")


def bins_of(live: Days, replay: Days, horizon: int) -> list[tuple[str, Sequence[Any]]]:
    """The newest calibration of each kind over one horizon, or the longest below it."""
    found: list[tuple[str, Sequence[Any]]] = []
    for name, days in ((_("Made at the time"), live), (_("Replay of the past"), replay)):
        newest = [row for row in next(iter(days.values()), ()) if row.bins]
        near = [row for row in newest if row.horizon <= horizon] or newest[:1]
        if near:
            found.append((name, near[-1].bins))
    return found


def _ahead(horizon: int) -> str:
    told = {"n": horizon}
    return ngettext("%(n)s month ahead", "%(n)s months ahead", horizon) % told


def over_days(live: Days) -> Chart:
    """The AUC of the predictions made at the time, as it stood on each day of scoring."""
    days = sorted(live)
    horizons = sorted({row.horizon for rows in live.values() for row in rows})
    told = {(day, row.horizon): figure(row.metrics, AUC) for day in days for row in live[day]}
    values = {h: [told[d, h].value if (d, h) in told else None for d in days] for h in horizons}
    series = [
        Series(_ahead(horizon), values[horizon])
        for horizon in horizons
        if any(value is not None for value in values[horizon])
    ]
    return Chart(
        key="record",
        title=_("AUC as it stood on each day of scoring"),
        kind="line",
        labels=[day_text(day) for day in days],
        series=series,
        decimals=2,
        least=axis_start(AUC, series),
        most=1.0,
        note=str(AUC.says),
        summary=_("The AUC of predictions made at the time, over %(n)s days of scoring.")
        % {"n": len(days)},
    )
