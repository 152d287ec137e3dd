"""The refresh stage `effects`: one look a day at every endpoint of every version with hold-outs."""

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import numpy as np

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.engine.effects import Effect, Estimate, Seen, effect_on
from tenure.plays.effects.arms import Arms, arms_of
from tenure.plays.effects.endpoints import DAYS, HISTORY, NAMES, PLAN, Before, endpoint
from tenure.plays.effects.outcomes import Floats, outcomes
from tenure.plays.effects.past import Logged, arms_before, past_due
from tenure.plays.models import PastPlay, Play, PlayEffect, Run

OVER = timedelta(days=max(DAYS) + 30)
"""So long after the last account came, a version is not looked at any more."""


def effects_refresh(refresh: Refresh) -> dict[str, Any]:
    """Look at every version that still learns, and at plays before Tenure; returns counts."""
    versions, past = _versions(), past_due(clock.today() - OVER)
    kept = 0
    for done, (play, version) in enumerate(versions):
        refresh.report(done, len(versions) + len(past))
        kept += _look(play, version, arms_of(play, version))
    for done, (row, log) in enumerate(past, len(versions)):
        refresh.report(done, len(versions) + len(past))
        kept += _look_back(row, log)
    refresh.report(len(versions) + len(past), len(versions) + len(past))
    return {"versions": len(versions), "past": len(past), "looks": kept}


def _versions() -> list[tuple[Play, int]]:
    """Those whose last account came not too long ago."""
    since = clock.now() - OVER
    drawn = Run.objects.filter(held_out__isnull=False, started_at__gte=since)
    pairs = drawn.order_by("play", "version").values_list("play", "version").distinct()
    plays = Play.objects.in_bulk([play for play, _version in pairs])
    return [(plays[play], version) for play, version in pairs]


def _look_back(row: PastPlay, log: Logged) -> int:
    """Look at a play before Tenure; what came after today's look is left for tomorrow's."""
    today = clock.today()
    if PlayEffect.objects.filter(play=row.play, version=HISTORY, on__gte=today).exists():
        return 0
    kept = _look(row.play, HISTORY, arms_before(log))
    PastPlay.objects.filter(pk=row.pk).update(covered=log.newest)
    return kept


def _look(play: Play, version: int, arms: Arms) -> int:
    """Look at every endpoint today; a look that saw nothing new is not kept."""
    today = clock.today()
    before = Before(_mean(arms.known["mrr"]), _mean(arms.known["usage"]))
    looks = []
    for days in DAYS:
        values = outcomes(arms.started, days)
        for name in NAMES:
            last = _last(play, version, name, days)
            if last is not None and last.on >= today:
                continue
            seen = _seen(version, last)
            found = effect_on(
                arms.entries(name, values[name]), endpoint(name, days, before), PLAN,
                today.toordinal(), seen,
            )  # fmt: skip
            row = _row(play, version, found, today)
            if last is None or _told(row) != _told(last):
                looks.append(row)
    PlayEffect.objects.bulk_create(looks, ignore_conflicts=True)
    return len(looks)


def _seen(version: int, last: PlayEffect | None) -> Seen | None:
    """What earlier looks found. A log that was corrected is read anew, as if for the first time."""
    if last is None or version == HISTORY:
        return None
    return Seen(last.p, last.assigned_p, last.measured_p)


def _last(play: Play, version: int, name: str, days: int) -> PlayEffect | None:
    rows = PlayEffect.objects.filter(play=play, version=version, endpoint=name, days=days)
    return rows.order_by("-on").first()


def _mean(values: Floats) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _row(play: Play, version: int, found: Effect, on: date) -> PlayEffect:
    return PlayEffect(
        play=play,
        version=version,
        endpoint=found.endpoint.name,
        days=int(found.endpoint.days),
        on=on,
        treated=list(astuple(found.treated)),
        held_out=list(astuple(found.held_out)),
        raw=_numbers(found.raw),
        adjusted=_numbers(found.adjusted),
        covariates=found.covariates,
        worth=found.endpoint.worth,
        reduction=found.reduction,
        p=found.p,
        assigned_p=found.assigned.p,
        measured_p=found.measured.p,
        expected=found.assigned.expected,
        verdict=found.verdict.value,
        negligible=found.negligible,
        more=found.more,
    )


def _numbers(estimate: Estimate | None) -> list[float]:
    return [] if estimate is None else list(astuple(estimate))


def _told(row: PlayEffect) -> tuple[Any, ...]:
    return row.treated, row.held_out, row.adjusted, row.verdict, row.more
