"""GRR, NRR, logo churn and quick ratio: the last twelve months, month by month, and by tier."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.engine.money import MrrMatrix, Waterfall, waterfalls
from tenure.engine.retention import (
    Interval,
    Trend,
    close_of,
    matrix,
    month_number,
    part,
    ratio_interval,
    share_interval,
    trend,
)
from tenure.web.figures import Chart, Series
from tenure.web.retention.books import Kept
from tenure.web.retention.words import month_name, tier_name, trend_text

MONTHS, YEAR = 24, 12
MOST_TIERS = 5
FIGURES: tuple[tuple[str, object, Callable[[Waterfall], Decimal | None]], ...] = (
    ("grr", gettext_lazy("Gross revenue retention"), lambda fall: fall.grr),
    ("nrr", gettext_lazy("Net revenue retention"), lambda fall: fall.nrr),
    ("logo_churn", gettext_lazy("Accounts lost"), lambda fall: fall.logo_churn),
    ("quick_ratio", gettext_lazy("Quick ratio"), lambda fall: fall.quick_ratio),
)


@dataclass(frozen=True)
class Year:
    """Figures of twelve closed months, with intervals; None where nothing was paid at the start."""

    name: str
    waterfall: Waterfall
    grr: Interval | None
    nrr: Interval | None
    logo_churn: Interval | None


@dataclass(frozen=True)
class TierRow:
    """One tier (first paid for) over the last twelve closed months."""

    name: str
    year: Year
    trend: Trend | None

    @property
    def trend_words(self) -> str:
        return trend_text(self.trend)


@dataclass(frozen=True)
class Monthly:
    """What the cards about time show. `year` is None before twelve months have closed.

    `left_out`: how many of the lowest tiers are not told apart.
    """

    year: Year | None
    tiers: tuple[TierRow, ...]
    charts: tuple[Chart, ...]
    left_out: int = 0


def monthly_of(kept: Kept, split: str) -> Monthly:
    """The figures of all and of each tier, up to the last closed month."""
    last = month_number(kept.book.as_of) - 1
    begin = _begin(kept, last)
    if begin >= last:
        return Monthly(None, (), ())
    closes = [close_of(month) for month in range(begin, last + 1)]
    grid = matrix(kept.book, closes, kept.lives)
    parts = list(_by_tier(kept, grid))
    lines = [(_("All"), waterfalls(grid))]
    told = [(name, waterfalls(own)) for name, own in parts]
    old_enough = last - begin >= YEAR
    labels = [month_name(month) for month in range(begin + 1, last + 1)]
    shown = lines + told if split == "tier" else lines
    return Monthly(
        year=_year(grid, last) if old_enough else None,
        tiers=tuple(
            TierRow(name, _year(own, last), _slope(falls[-YEAR:], FIGURES[0][2]))
            for (name, own), (_same, falls) in zip(parts, told, strict=True)
        )
        if old_enough
        else (),
        charts=tuple(_chart(figure, labels, shown) for figure in FIGURES),
        left_out=len(np.unique(kept.tiers()[1])) - len(parts),
    )


def _by_tier(kept: Kept, grid: MrrMatrix) -> Iterator[tuple[str, MrrMatrix]]:
    """The matrix of each tier, the highest ones if there are many."""
    accounts, tiers = kept.tiers()
    everything = range(len(grid.moments))
    for tier in np.unique(tiers).tolist()[-MOST_TIERS:]:
        rows = np.isin(grid.accounts, accounts[tiers == tier], assume_unique=True)
        yield tier_name(tier), part(grid, rows, everything)


def _begin(kept: Kept, last: int) -> int:
    """The month at whose close the series begins: the first that anything was paid in."""
    started = kept.book.spells.started
    if not len(started):
        return last
    first = int(started.min().astype("datetime64[us]").astype("datetime64[M]").astype(int))
    return max(last - MONTHS, first)


def _year(grid: MrrMatrix, last: int) -> Year:
    """The figures between the close of the last month and that of a year before."""
    newest = len(grid.moments) - 1
    ends = part(grid, np.ones(len(grid.accounts), dtype=bool), (newest - YEAR, newest))
    fall = waterfalls(ends)[0]
    name = f"{month_name(last - YEAR + 1)} – {month_name(last)}"
    gross, net = _intervals(ends)
    return Year(name, fall, gross, net, share_interval(fall.lost, fall.accounts_start))


def _intervals(grid: MrrMatrix) -> tuple[Interval | None, Interval | None]:
    before, after = grid.units[:, 0].astype(float), grid.units[:, 1].astype(float)
    held = before > 0
    before, after = before[held], after[held]
    gross = ratio_interval(np.minimum(before, after), before)
    if gross is not None:
        gross = Interval(max(gross.low, 0.0), min(gross.high, 1.0))
    return gross, ratio_interval(after, before)


def _slope(falls: Sequence[Waterfall], of: Callable[[Waterfall], Decimal | None]) -> Trend | None:
    return trend(np.array([_float(of(fall)) for fall in falls]))


def _float(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def _chart(
    figure: tuple[str, object, Callable[[Waterfall], Decimal | None]],
    labels: list[str],
    lines: list[tuple[str, list[Waterfall]]],
) -> Chart:
    key, title, of = figure
    ratio = key == "quick_ratio"
    series = [Series(name, [_drawn(of(fall), ratio) for fall in falls]) for name, falls in lines]
    there = [v for one in series for v in one.values if v is not None]
    found = _slope(lines[0][1][-YEAR:], of)
    floor = _floor(there) if key in {"grr", "nrr"} else None
    return Chart(
        key=f"retention-{key.replace('_', '-')}",
        title=str(title),
        kind="line",
        unit="" if ratio else "%",
        decimals=1,
        labels=labels,
        series=series,
        least=floor,
        summary=_("%(name)s by month. %(trend)s")
        % {"name": title, "trend": trend_text(found, points=not ratio)},
        note=trend_text(found, points=not ratio),
    )


def _floor(values: Sequence[float]) -> float | None:
    """Where an axis starts that has no need of zero: a round number a little below them all."""
    if not values:
        return None
    step = 5.0 if max(values) - min(values) > 8.0 else 2.0
    return max(min(values) // step * step, 0.0)


def _drawn(value: Decimal | None, ratio: bool) -> float | None:
    if value is None:
        return None
    return round(float(value), 2) if ratio else round(100 * float(value), 2)
