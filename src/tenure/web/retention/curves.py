"""How long times of payment last: curves by tier, segment, term or level."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.engine.retention import Kept as Curve
from tenure.engine.retention import Spans, durations, kept_by_month, stamp
from tenure.web.figures import Chart, Series
from tenure.web.retention.books import USE, Kept
from tenure.web.retention.stage import LEVELS
from tenure.web.retention.words import months_text, term_name, tier_name

HORIZON, STEP = 60, 12
MOST = 5
ENOUGH = 10
"""A curve is drawn while so many are at risk; beyond, it is noise."""


@dataclass(frozen=True)
class Part:
    """The spans of one group."""

    name: str
    spans: Spans

    @property
    def size(self) -> int:
        return len(self.spans.account)


@dataclass(frozen=True)
class Group:
    """The curve of one group. `cells`: at each of the months the table shows."""

    name: str
    curve: Curve
    cells: tuple["Cell", ...]

    @property
    def median(self) -> str:
        return _("not reached") if self.curve.median is None else months_text(self.curve.median)


@dataclass(frozen=True)
class Cell:
    """Share kept at a month with its interval and how many were at risk; None: too few."""

    share: float | None
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True)
class Curves:
    """All groups, the months of the table, and the chart; `left_out`: groups not shown."""

    groups: tuple[Group, ...]
    months: tuple[int, ...]
    chart: Chart
    left_out: int


def curves_of(kept: Kept, by: str) -> Curves:
    """The curves of the groups with the most in them, in a standing order."""
    now = stamp(kept.book.as_of)
    parts = [part for part in _parts(kept, by) if part.size]
    least = sorted(part.size for part in parts)[-MOST:][:1]
    shown = [part for part in parts if part.size >= least[0]][:MOST]
    curves = [kept_by_month(durations(part.spans, now), HORIZON) for part in shown]
    last = max((_watched(curve) for curve in curves), default=0)
    step = STEP if last > 2 * STEP else STEP // 2
    months = tuple(range(step, max(last, STEP) + 1, step))
    groups = tuple(
        Group(part.name, curve, _cells(curve, months))
        for part, curve in zip(shown, curves, strict=True)
    )
    return Curves(groups, months, _chart(groups, last, kept), len(parts) - len(shown))


def _watched(curve: Curve) -> int:
    """The last month at which enough are at risk."""
    return int(np.flatnonzero(curve.at_risk >= ENOUGH).max(initial=0))


def _cells(curve: Curve, months: tuple[int, ...]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            _number(curve.share, month, curve),
            _number(curve.low, month, curve),
            _number(curve.high, month, curve),
            int(curve.at_risk[month]),
        )
        for month in months
    )


def _number(values: NDArray[np.float64], month: int, curve: Curve) -> float | None:
    enough = curve.at_risk[month] >= ENOUGH
    return float(values[month]) if enough and np.isfinite(values[month]) else None


def _parts(kept: Kept, by: str) -> Iterator[Part]:
    # A part in use that begins with a return is no start of a relationship.
    lives = kept.lives.where(kept.lives.marks["opening"] == 1)
    if by == "level":
        for index, level in enumerate(LEVELS):
            spans = kept.levels.where(kept.levels.marks["level"] == index)
            yield Part(str(level.label), spans)
    elif by == "segment":
        yield from _segments(lives)
    elif by in {"tier", "term"}:
        names = {"tier": tier_name, "term": term_name}[by]
        for value in np.unique(lives.marks[by]):
            yield Part(names(int(value)), lives.where(lives.marks[by] == value))
    else:
        yield Part(_("All"), lives)


def _segments(lives: Spans) -> Iterator[Part]:
    rows = Account.objects.order_by("segment", "pk").values_list("segment", "pk")
    for segment, group in groupby(rows.iterator(), key=lambda row: row[0]):
        members = np.array([pk for _segment, pk in group], dtype=np.int64)
        yield Part(segment or _("no segment"), lives.of(members))


def _chart(groups: tuple[Group, ...], last: int, kept: Kept) -> Chart:
    label = _("Share still using") if kept.lost == USE else _("Share still paying")
    return Chart(
        key="retention-curves",
        title=label,
        kind="step",
        size="tall",
        unit="%",
        decimals=1,
        most=100,
        labels=[months_text(month) for month in range(last + 1)] if last else (),
        series=[_series(group, last) for group in groups] if last else (),
        summary=_sentence(groups),
        note=_("months since the start, with 90 %% intervals, while at least %(n)s are watched")
        % {"n": ENOUGH},
    )


def _series(group: Group, last: int) -> Series:
    curve = group.curve

    def drawn(values: NDArray[np.float64]) -> list[float | None]:
        found = (_number(values, month, curve) for month in range(last + 1))
        return [None if value is None else round(100 * value, 1) for value in found]

    return Series(group.name, drawn(curve.share), "", drawn(curve.low), drawn(curve.high))


def _sentence(groups: tuple[Group, ...]) -> str:
    if not groups:
        return _("Nobody has paid yet.")
    told = []
    for group in groups:
        at = {month: group.curve.share[month] for month in (12, 24)}
        known = [
            _("%(share)s %% after %(n)s months") % {"share": round(100 * value), "n": month}
            for month, value in at.items()
            if np.isfinite(value)
        ]
        told.append(f"{group.name}: {', '.join(known) or _('not watched for a year yet')}")
    return "; ".join(told) + "."
