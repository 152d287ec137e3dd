"""What gives concern about the forecasts: raised as rows, and closed when it is over."""

from typing import Any

import numpy as np
from django.db.models import Sum

from tenure.core import clock
from tenure.engine.panel import Panel
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import (
    ForecastNotice,
    ForecastRun,
    NoticeKind,
    RunStatus,
    TrackRecord,
)

BINS = 8
MOVED = 0.25
"""Population stability index from which on inputs count as moved (the usual rule of thumb)."""
FEW, OFF = 10, 1.5


def notice_set(kind: str, run: ForecastRun | None, detail: dict[str, Any] | None) -> None:
    """Open a notice, bring its numbers up to date, or close it (no detail)."""
    open_ = ForecastNotice.objects.filter(kind=kind, over_at__isnull=True)
    if detail is None:
        open_.update(over_at=clock.now())
    elif not open_.update(detail=detail, run=run):
        ForecastNotice.objects.create(kind=kind, run=run, detail=detail, raised_at=clock.now())


def after_training(run: ForecastRun) -> None:
    """What a training itself gives reason to say."""
    live = run.status == RunStatus.LIVE
    said = None if live else {"reason": run.reason}
    notice_set(NoticeKind.NOT_REPLACED, run, said)
    if not live:
        return
    notice_set(NoticeKind.NO_SIGNAL, run, None if run.signal else {"chosen": run.chosen})
    columns = [entry["column"] for entry in run.refused]
    notice_set(NoticeKind.REFUSED, run, {"columns": columns} if columns else None)
    for kind in (NoticeKind.STALE, NoticeKind.DRIFT):
        notice_set(kind, run, None)


def watch(run: ForecastRun, panel: Panel) -> None:
    """Age, drift of the inputs and calibration of a live model, looked at every day."""
    age = (clock.today() - run.as_of).days
    old = age > run.parameters["definition"]["stale_days"]
    notice_set(NoticeKind.STALE, run, {"days": age} if old else None)
    moved = drifted(run.parameters.get("shares", {}), panel)
    notice_set(NoticeKind.DRIFT, run, {"features": moved} if moved else None)
    notice_set(NoticeKind.CALIBRATION, run, _off())


def shares_of(panel: Panel) -> dict[str, Any]:
    """Feature → bin edges and the share of the newest year's rows in each bin, the last: unknown.

    Young rows alone: what drifts within the training data is the model's own affair.
    """
    newest = panel.origin > panel.origin.max() - np.timedelta64(365, "D") if len(panel) else []
    rows = panel.take(newest) if len(panel) else panel
    found = {}
    for at, name in enumerate(panel.names):
        values = rows.features[:, at]
        known = values[~np.isnan(values)]
        if name == "calendar_month" or not known.size:
            continue
        edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
        shares = _shares(values, edges)
        found[name] = [np.round(edges, 6).tolist(), np.round(shares, 5).tolist()]
    return found


def _shares(values: Floats, edges: Floats) -> Floats:
    unknown = np.isnan(values)
    at = np.where(unknown, edges.size + 1, np.searchsorted(edges, values, side="right"))
    counts = np.bincount(at, minlength=edges.size + 2)
    return np.asarray(counts / max(values.size, 1))


def drifted(stored: dict[str, Any], panel: Panel) -> list[dict[str, Any]]:
    """Features whose population stability index is above `MOVED`, the most moved first.

    Σ (now − then) · ln(now/then) over the bins, shares kept above 0.5 %. None with few rows.
    """
    if len(panel) < 50:
        return []
    found: list[tuple[float, str]] = []
    for name, (edges, then) in stored.items():
        if name not in panel.names:
            continue
        now = _shares(panel.features[:, panel.names.index(name)], np.array(edges))
        old, new = np.maximum(np.array(then), 0.005), np.maximum(now, 0.005)
        index = float(((new - old) * np.log(new / old)).sum())
        if index > MOVED:
            found.append((round(index, 3), name))
    return [{"feature": name, "index": index} for index, name in sorted(found, reverse=True)[:10]]


def _off() -> dict[str, Any] | None:
    """The newest records together, where they are off by half or more and that is no chance."""
    newest = TrackRecord.objects.filter(source="live").order_by("-as_of").first()
    if newest is None:
        return None
    rows = TrackRecord.objects.filter(source="live", as_of=newest.as_of)
    sums = rows.aggregate(events=Sum("events"), predictions=Sum("predictions"))
    if (sums["events"] or 0) < FEW:
        return None
    expected = sum(row.metrics["predicted"][0] * row.predictions for row in rows)
    ratio = expected / sums["events"]
    if 1.0 / OFF < ratio < OFF:
        return None
    return {"ratio": round(ratio, 3), "events": sums["events"]}
