"""What gives concern about the forecasts: raised as rows, and closed when it is over."""

from datetime import date
from typing import Any

import numpy as np
from scipy.special import chdtri

from tenure.core import clock
from tenure.engine.panel import Panel
from tenure.engine.scoring import Trend
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import (
    FeatureDrift,
    ForecastNotice,
    ForecastRun,
    NoticeKind,
    RunStatus,
)

BINS, MOST = 8, 10
MOVED = 0.25
"""Population stability index from which on inputs count as moved (the usual rule of thumb)."""
FEW = 50
"""Rows below which nothing is said of inputs."""
SURE = 0.05
"""How often, of companies whose inputs stand still, some feature may seem to have moved."""


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


def watch(run: ForecastRun, panel: Panel, day: date) -> None:
    """Age, drift of the inputs and calibration of a live model, looked at every day."""
    age = (clock.today() - run.as_of).days
    old = age > run.parameters["definition"]["stale_days"]
    notice_set(NoticeKind.STALE, run, {"days": age} if old else None)
    features = drift_of(run.parameters.get("shares", {}), panel)
    FeatureDrift.objects.update_or_create(
        run=run,
        as_of=day,
        defaults={"rows": len(panel), "features": features, "computed_at": clock.now()},
    )
    moved = [one for one in features if has_moved(one["index"], one["chance"])][:MOST]
    notice_set(NoticeKind.DRIFT, run, {"features": moved} if moved else None)


def calibration_watch(found: Trend | None) -> None:
    """The notice on probabilities: a trend or a level that is clear of looking every week."""
    live = ForecastRun.objects.filter(status=RunStatus.LIVE).first()
    if found is None or not (found.drifts or found.off):
        notice_set(NoticeKind.CALIBRATION, live, None)
        return
    detail = {
        "ratio": round(min(found.ratio, 1e6), 3),
        "events": sum(month.events for month in found.months),
    }
    if found.drifts:
        detail |= {"slope": found.slope, "low": found.low, "high": found.high, "p": found.p}
        detail["months"] = len(found.months)
    notice_set(NoticeKind.CALIBRATION, live, detail)


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


def has_moved(index: float, by_chance: float) -> bool:
    """Whether a feature counts as moved: beyond the rule of thumb and beyond chance."""
    return index > max(MOVED, by_chance)


def drift_of(stored: dict[str, Any], panel: Panel) -> list[dict[str, Any]]:
    """Each feature's population stability index between training and now, the most moved first.

    Σ (now − then) · ln(now/then) over the bins, shares kept above 0.5 %. Where nothing has moved
    it is about χ² with bins − 1 degrees of freedom over the number of rows now, those of the
    training being many more (B. Yurdakul and J. Naranjo 2020, "Statistical properties of the
    population stability index", Journal of Risk Model Validation 14(4)): `chance` is its quantile
    at which one company in twenty sees any of its features beyond it. None with few rows.
    """
    if len(panel) < FEW:
        return []
    there = [name for name in stored if name in panel.names]
    found = []
    for name in there:
        edges, then = stored[name]
        now = _shares(panel.features[:, panel.names.index(name)], np.array(edges))
        old, new = np.maximum(np.array(then), 0.005), np.maximum(now, 0.005)
        by_chance = chdtri(max(now.size - 1, 1), SURE / len(there)) / len(panel)
        found.append(
            {
                "feature": name,
                "index": round(float(((new - old) * np.log(new / old)).sum()), 4),
                "chance": round(float(by_chance), 4),
                "unknown_then": round(float(then[-1]), 4),
                "unknown_now": round(float(now[-1]), 4),
            }
        )
    return sorted(found, key=lambda one: (-one["index"], one["feature"]))
