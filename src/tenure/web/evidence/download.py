"""The backtest as CSV and JSON: every stored result of a run, for whoever wants to check it."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from tenure.forecast.models import BacktestResult, ForecastRun
from tenure.web.listing.export import safe_cell

FIELDS = ("cause", "method", "origin", "segment", "horizon", "rows", "events")


def results_of(run: ForecastRun) -> list[BacktestResult]:
    """In the order in which they were stored."""
    return list(BacktestResult.objects.filter(run=run).order_by("pk"))


def csv_lines(rows: list[BacktestResult]) -> Iterator[str]:
    """A line for each figure of each result: value, low and high."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _line([*FIELDS, "metric", "value", "low", "high"])
    for row in rows:
        cells = [getattr(row, name) for name in FIELDS]
        for name, found in sorted(row.metrics.items()):
            triple = (*(found or ()), None, None, None)[:3]
            yield _line([*cells, name, *triple])


def _line(values: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell(value) for value in values])
    return text.getvalue()


def document(run: ForecastRun, rows: list[BacktestResult]) -> dict[str, Any]:
    """The run and its results with calibration bins and lift, as JSON."""
    return {
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "code_version": run.code_version,
        "digest": run.digest,
        "seed": run.seed,
        "chosen": run.chosen,
        "signal": run.signal,
        "results": [
            {
                **{name: getattr(row, name) for name in FIELDS if name != "origin"},
                "origin": row.origin.isoformat() if row.origin else None,
                "metrics": row.metrics,
                "bins": row.bins,
                "lift": row.lift,
            }
            for row in rows
        ],
    }
