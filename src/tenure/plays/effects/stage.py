"""The refresh stage `effects`: one look a day at every endpoint of every version with hold-outs."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from tenure.contracts.selectors.money import family_roots
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.engine.effects import Effect, Entries, Estimate, Seen, effect_on
from tenure.plays.effects.endpoints import DAYS, NAMES, PLAN, Before, columns, endpoint
from tenure.plays.effects.outcomes import Floats, Started, outcomes
from tenure.plays.models import Play, PlayEffect, Run

OVER = timedelta(days=max(DAYS) + 30)
"""So long after the last account came, a version is not looked at any more."""


@dataclass(frozen=True)
class Arms:
    """The first entry of every account of one version, in the order in which they started."""

    started: tuple[Started, ...]
    family: Floats
    held_out: Floats
    propensity: Floats
    known: Mapping[str, Floats]

    def entries(self, name: str, value: Floats) -> Entries:
        """As the engine takes them, for one endpoint."""
        return Entries(
            account=self.family.astype(np.int64),
            held_out=self.held_out.astype(bool),
            propensity=self.propensity,
            entered=np.array([one.day.toordinal() for one in self.started], dtype=float),
            value=value,
            covariates=np.column_stack([self.known[column] for column in columns(name)]),
        )


def effects_refresh(refresh: Refresh) -> dict[str, Any]:
    """Look at every version that still learns; returns counts."""
    versions = _versions()
    kept = 0
    for done, (play, version) in enumerate(versions):
        refresh.report(done, len(versions))
        kept += _look(play, version)
    refresh.report(len(versions), len(versions))
    return {"versions": len(versions), "looks": kept}


def _versions() -> list[tuple[Play, int]]:
    """Those whose last account came not too long ago."""
    since = clock.now() - OVER
    drawn = Run.objects.filter(held_out__isnull=False, started_at__gte=since)
    pairs = drawn.order_by("play", "version").values_list("play", "version").distinct()
    plays = Play.objects.in_bulk([play for play, _version in pairs])
    return [(plays[play], version) for play, version in pairs]


def arms_of(play: Play, version: int) -> Arms:
    """Who started and who was held out, by intention to treat."""
    roots = family_roots()
    rows = Run.objects.filter(play=play, version=version, held_out__isnull=False)
    first: dict[int, tuple[Any, ...]] = {}
    wanted = ("account_id", "started_at", "held_out", "propensity", "known")
    for row in (
        rows.filter(started_at__isnull=False).order_by("started_at", "pk").values_list(*wanted)
    ):
        first.setdefault(row[0], row)
    found = list(first.values())
    return Arms(
        started=tuple(Started(row[0], row[1].date()) for row in found),
        family=np.array([roots.get(row[0], row[0]) for row in found], dtype=float),
        held_out=np.array([row[2] for row in found], dtype=float),
        propensity=np.array([row[3] for row in found], dtype=float),
        known={name: _column(found, name) for name in columns("")},
    )


def _column(found: Sequence[tuple[Any, ...]], name: str) -> Floats:
    values = [row[4].get(name) for row in found]
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _look(play: Play, version: int) -> int:
    """Look at every endpoint today; a look that saw nothing new is not kept."""
    arms, today = arms_of(play, version), clock.today()
    before = Before(_mean(arms.known["mrr"]), _mean(arms.known["usage"]))
    looks = []
    for days in DAYS:
        values = outcomes(arms.started, days)
        for name in NAMES:
            last = _last(play, version, name, days)
            if last is not None and last.on >= today:
                continue
            seen = Seen(last.p, last.assigned_p, last.measured_p) if last else None
            found = effect_on(
                arms.entries(name, values[name]), endpoint(name, days, before), PLAN,
                today.toordinal(), seen,
            )  # fmt: skip
            row = _row(play, version, found, today)
            if last is None or _told(row) != _told(last):
                looks.append(row)
    PlayEffect.objects.bulk_create(looks, ignore_conflicts=True)
    return len(looks)


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
