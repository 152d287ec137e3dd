"""Retention of use as the page shows it: a heat map of cohorts, and a curve for each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.core import clock
from tenure.core.wording import listed
from tenure.engine.adoption import Point, cohorts_of, curve
from tenure.events.selectors import freshness, store_snapshot
from tenure.metrics.compile.span import week_monday
from tenure.metrics.questions import (
    Limits,
    LiveStore,
    Return,
    Seen,
    features_in_force,
    first_period,
    laid_out,
    seen_found,
)
from tenure.metrics.selectors.questions import activity_kept
from tenure.web.adoption.choices import ReturnChoices
from tenure.web.adoption.reader import Group, Reader, groups_of
from tenure.web.figures import Chart, Series
from tenure.web.retention.books import kept_now
from tenure.web.retention.heat import HeatCell
from tenure.web.retention.words import month_name, tier_name
from tenure.web.templatetags.formats import day_text, number, share

Ints = NDArray[np.int64]
AGES = {"month": 25, "week": 27}
ROWS = 24
ENOUGH = 10
LIMITS = Limits()


@dataclass(frozen=True)
class CohortRow:
    """A cohort: when it began, how many it is, and the share seen at each age."""

    name: str
    units: int
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class GroupCurve:
    """A group: how many are followed, and the share at each age of the table."""

    name: str
    units: int
    points: tuple[Point | None, ...]
    table: tuple[int, ...]

    @property
    def cells(self) -> list[Point | None]:
        """At the ages of the table; None where too few are old enough."""
        return [p if (p := self.points[age]) and p.units >= ENOUGH else None for age in self.table]


@dataclass(frozen=True)
class ShownReturn:
    """Everything the page shows of who came back. `ages`: of the heat map's columns."""

    ages: tuple[int, ...]
    rows: tuple[CohortRow, ...]
    together: tuple[HeatCell, ...]
    units: int
    older: int
    table: tuple[int, ...]
    groups: tuple[GroupCurve, ...]
    chart: Chart
    since: str


def return_shown(reader: Reader, choices: ReturnChoices) -> ShownReturn | None:
    """Ask the store and count; None without a first event."""
    oldest = freshness().oldest_event_at
    if oldest is None:
        return None
    found = _found(reader, choices, oldest.astimezone(UTC).date())
    back, everybody = found.comeback, np.ones(len(found.units), dtype=bool)
    clustered = choices.by == "people"
    together = curve(back, everybody, clustered=clustered)
    wide = sum(point is not None for point in together)
    cohorts = cohorts_of(back)[::-1]
    place, _known = reader.members.at(back.account)
    groups = [
        GroupCurve(
            group.name,
            int(group.mask[place].sum()),
            tuple(curve(back, group.mask[place], clustered=clustered)),
            _table(choices.grain, wide),
        )
        for group in _groups(reader, choices)
        if len(place) and group.mask[place].any()
    ]
    return ShownReturn(
        ages=tuple(range(wide)),
        rows=tuple(
            CohortRow(
                name_of(choices.grain, one.start),
                one.units,
                tuple(_cell(n, one.units) for n in one.active[:wide]),
            )
            for one in cohorts[:ROWS]
        ),
        together=tuple(
            _cell(p.active, p.units) if p else HeatCell(None, "") for p in together[:wide]
        ),
        units=sum(one.units for one in cohorts),
        older=sum(one.units for one in cohorts[ROWS:]),
        table=_table(choices.grain, wide),
        groups=tuple(groups),
        chart=_chart(choices, groups, wide),
        since=name_of(choices.grain, found.first),
    )


def _found(reader: Reader, choices: ReturnChoices, oldest: date) -> Return:
    paid = _paid(reader) if choices.origin == "paid" else None
    seen, today = _kept(reader, choices) or (_asked(reader, choices, oldest), clock.today())
    return laid_out(seen, grain=choices.grain, ages=AGES[choices.grain], today=today, paid=paid)


def _kept(reader: Reader, choices: ReturnChoices) -> tuple[Seen, date] | None:
    """What the refresh kept of all use by accounts, with its day; None for what has to be asked."""
    if choices.feature or choices.by != "accounts":
        return None
    kept = activity_kept(choices.grain)
    if kept is None:
        return None
    _place, known = reader.members.at(kept.account)
    keys = kept.account[known]
    return Seen(keys, keys, kept.bits[known], kept.first), kept.as_of.astimezone(UTC).date()


def _asked(reader: Reader, choices: ReturnChoices, oldest: date) -> Seen:
    today = clock.today()
    first = first_period(choices.grain, oldest, today)
    with LiveStore(store_snapshot(), reader.members.asked, oldest, today, LIMITS) as store:
        return seen_found(
            store,
            features_in_force(),
            choices.feature,
            by=choices.by,
            grain=choices.grain,
            first=first,
        )


def _groups(reader: Reader, choices: ReturnChoices) -> list[Group]:
    """Tiers are the ones first paid for, so that nobody changes groups by leaving or growing."""
    if choices.group != "tier":
        return groups_of(reader.members, choices.group, rest=True)
    kept = kept_now("contractual")
    tier = np.full(len(reader.members.paying), -1)
    if kept is not None:
        account, first = kept.tiers()
        place, known = reader.members.at(account)
        tier[place[known]] = first[known]
    groups = [Group(tier_name(int(one)), tier == one) for one in np.unique(tier[tier >= 0])]
    return [*groups, Group(_("never paid"), tier < 0)]


def _paid(reader: Reader) -> tuple[Ints, Ints]:
    """The accounts counted that ever paid, and the day each first did."""
    kept = kept_now("contractual")
    if kept is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first = kept.book.spells.of(reader.members.asked.account).firsts()
    return first.account, first.started // 86_400_000_000


def name_of(grain: str, start: int) -> str:
    """What a cohort is called."""
    return month_name(start) if grain == "month" else day_text(week_monday(start))


def _cell(part: int, whole: int) -> HeatCell:
    if part < 0 or not whole:
        return HeatCell(None, "")
    return HeatCell(part / whole, str(round(10 * part / whole)))


def _table(grain: str, wide: int) -> tuple[int, ...]:
    ages = (1, 3, 6, 12, 18, 24) if grain == "month" else (1, 4, 8, 12, 16, 20, 24)
    return tuple(age for age in ages if age < wide)


def _chart(choices: ReturnChoices, groups: Sequence[GroupCurve], wide: int) -> Chart:
    names = [number(age) for age in range(wide)]
    told = "; ".join(f"{group.name}: {_told(group, choices.grain)}" for group in groups)
    note = (
        _("months since, with 90 %% intervals, while at least %(n)s are watched")
        if choices.grain == "month"
        else _("weeks since, with 90 %% intervals, while at least %(n)s are watched")
    )
    return Chart(
        key="comeback",
        title=_("Share seen again"),
        kind="line",
        size="tall",
        unit="%",
        decimals=1,
        least=0,
        most=100,
        labels=names,
        series=[_series(group, wide) for group in groups],
        summary=told or _("Nobody is followed for a whole step of time yet."),
        note=note % {"n": ENOUGH},
    )


def _told(group: GroupCurve, grain: str) -> str:
    ages = _table(grain, len(group.points))
    known = [
        f"{age}: {share(point.share)}"
        for age in ages
        if (point := group.points[age]) is not None and point.units >= ENOUGH
    ]
    return listed(known) or _("too few to say")


def _series(group: GroupCurve, wide: int) -> Series:
    def drawn(name: str) -> list[float | None]:
        return [
            round(100 * getattr(p, name), 1) if p is not None and p.units >= ENOUGH else None
            for p in group.points[:wide]
        ]

    return Series(group.name, drawn("share"), "", drawn("low"), drawn("high"))
