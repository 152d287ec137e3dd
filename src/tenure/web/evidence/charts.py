"""The drawings of a backtest: over its test dates, predicted against observed, found by looking."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from tenure.forecast.models import BacktestResult
from tenure.web.evidence.causes import Cause
from tenure.web.evidence.measures import Measure, figure, shown
from tenure.web.evidence.methods import BASE_RATE, FORECAST, METHODS, Method, method_of
from tenure.web.figures import Chart, Series
from tenure.web.plots import Plot, Point, Trace
from tenure.web.templatetags.formats import day_text, number, share

Dated = Mapping[date, Mapping[str, BacktestResult]]
ROUNDS = 4
COIN_AXIS = 0.4
AXES = (4.0, 10.0, 20.0, 40.0, 60.0, 80.0, 100.0)


def over_origins(dated: Dated, measure: Measure) -> Chart:
    """One line for each method; the forecast with its interval as a band."""
    series = [_series(dated, method, measure) for method in METHODS]
    series = [one for one in series if any(value is not None for value in one.values)]
    return Chart(
        key="origins",
        title=str(measure.name),
        kind="line",
        labels=[day_text(day) for day in dated],
        series=series,
        decimals=measure.decimals,
        least=axis_start(measure, series),
        most=1.0 if measure.key == "auc" else None,
        note=str(measure.says),
        summary=_sentence(dated, measure),
    )


def _series(dated: Dated, method: Method, measure: Measure) -> Series:
    values, low, high = (
        zip(*_triples(dated, method.key, measure), strict=True) if dated else ((),) * 3
    )
    banded = method == FORECAST and any(end is not None for end in low)
    return Series(
        str(method.name), values, method.tone, low if banded else (), high if banded else ()
    )


def _triples(dated: Dated, key: str, measure: Measure) -> list[tuple[Any, Any, Any]]:
    found = []
    for by_method in dated.values():
        row = by_method.get(key)
        one = figure(row.metrics if row else {}, measure)
        found.append((one.value, one.low, one.high))
    return found


def axis_start(measure: Measure, series: Sequence[Series]) -> float | None:
    """Where an axis begins: for areas just below that of a coin, where all of it is above."""
    least = min((v for s in series for v in (*s.values, *s.low) if v is not None), default=0.0)
    return COIN_AXIS if measure.key == "auc" and least >= COIN_AXIS else None


def _sentence(dated: Dated, measure: Measure) -> str:
    if not dated:
        return _("No test date could be scored yet.")
    values = [v for v, _low, _high in _triples(dated, FORECAST.key, measure) if v is not None]
    if not values:
        return _("%(measure)s cannot be said for any test date.") % {"measure": measure.name}
    return _("%(measure)s of the forecast over %(n)s test dates: from %(least)s to %(most)s.") % {
        "measure": measure.name,
        "n": len(dated),
        "least": shown(min(values), measure),
        "most": shown(max(values), measure),
    }


def calibration(rows: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], key: str = "") -> Plot:
    """Predicted against observed shares, for one or more named lists of bins."""
    traces = [Trace(name, _points(bins)) for name, bins in rows if bins]
    ends = [v for t in traces for p in t.points for v in (p.x, p.y, p.high or 0.0)]
    return Plot(
        key=f"calibration{key}",
        title=_("Predicted and observed"),
        across=_("Predicted"),
        up=_("Observed"),
        diagonal=_("as predicted"),
        traces=traces,
        decimals=1,
        most=_rounded_up(max(ends, default=0.0)),
        note=_("points on the line: it came as often as was said"),
        summary=_calibration_sentence(traces),
    )


def _points(bins: Sequence[Mapping[str, Any]]) -> list[Point]:
    return [
        Point(
            _percent(one["predicted"]),
            _percent(one["observed"]),
            _percent(one["low"]) if one.get("low") is not None else None,
            _percent(one["high"]) if one.get("high") is not None else None,
            one.get("rows"),
        )
        for one in bins
        if one.get("observed") is not None
    ]


def _percent(value: float) -> float:
    return round(100 * value, ROUNDS)


def _rounded_up(value: float) -> float:
    """The end of the axes: a quarter of it is a round number."""
    return next((end for end in AXES if value <= end), AXES[-1])


def _calibration_sentence(traces: Sequence[Trace]) -> str:
    if not traces or not traces[0].points:
        return _("There are no predictions with a known outcome yet.")
    points = traces[0].points
    inside = sum(
        p.low is not None and p.high is not None and p.low <= p.x <= p.high for p in points
    )
    return _(
        "Of %(n)s groups of accounts by predicted chance, from %(least)s %% to %(most)s %%, the "
        "predicted share lies within the interval of the observed one in %(inside)s."
    ) % {
        "n": len(points),
        "least": number(points[0].x, 1),
        "most": number(points[-1].x, 1),
        "inside": inside,
    }


def lift(rows: Sequence[BacktestResult], capacity: float, cause: Cause) -> Plot:
    """The share of those to which it came, found among the likeliest accounts, by method."""
    traces = [
        Trace(
            str(method_of(row.method).name),
            [Point(0.0, 0.0), *(_found(one) for one in row.lift if one["share"] > 0)],
            method_of(row.method).tone,
            line=True,
        )
        for row in rows
        if row.lift and row.method != BASE_RATE.key
    ]
    return Plot(
        key="lift",
        title=_("Found by looking at the likeliest"),
        across=_("Accounts looked at"),
        up=str(cause.came),
        diagonal=_("looking at random"),
        traces=traces,
        most=100.0,
        note=_("the higher above the dashed line, the less is looked at in vain"),
        summary=lift_sentence(rows, capacity, cause),
    )


def _found(one: Mapping[str, float]) -> Point:
    return Point(_percent(one["share"]), _percent(one["found"]))


def found_at(row: BacktestResult | None, capacity: float) -> float | None:
    """The share found among `capacity` of the accounts; between stored points, a straight line."""
    points = [(0.0, 0.0)] + [(one["share"], one["found"]) for one in row.lift] if row else []
    if len(points) < 2:
        return None
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= capacity <= x1:
            return float(y0 + (y1 - y0) * (capacity - x0) / ((x1 - x0) or 1))
    return None


def lift_sentence(rows: Sequence[BacktestResult], capacity: float, cause: Cause) -> str:
    """What the team finds at its capacity, by the forecast and by the health score."""
    by_method = {row.method: row for row in rows}
    found = found_at(by_method.get(FORECAST.key), capacity)
    if found is None:
        return _("How many a list of the likeliest would have found cannot be said yet.")
    told = {"share": share(capacity), "found": share(found)}
    health = found_at(by_method.get("health"), capacity)
    if health is None:
        return str(cause.found) % told
    return str(cause.beside) % {**told, "health": share(health)}
