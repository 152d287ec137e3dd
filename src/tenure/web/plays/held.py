"""How often a play was set off, and what held it back, by reason and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core import clock
from tenure.plays.models import Play, PlayCount
from tenure.plays.selectors.counts import counts_of
from tenure.web.figures import Chart, Series
from tenure.web.plays.few import counted
from tenure.web.templatetags.formats import day_text, number

What = PlayCount.What
DAYS = 90
BACK = (
    What.OUTSIDE, What.AGAIN, What.RUNNING, What.QUIET, What.OTHER_PLAY, What.DAY_FULL,
    What.EXPIRED,
)  # fmt: skip
ORDER = (What.MET, What.STARTED, What.HELD_OUT, *BACK)


@dataclass(frozen=True)
class HeldRow:
    """How often something happened in the last 7, 30 and 90 days, in words."""

    name: str
    week: str
    month: str
    quarter: str


@dataclass(frozen=True)
class HeldBack:
    """`rows` by reason; `days`: (day, reason, count), the newest first.

    `flaps`: what sets it off comes and goes for most accounts. `knows`: the reader may know who
    is held out; else nothing is told that names an account, nor what it would follow from.
    """

    rows: Sequence[HeldRow]
    days: Sequence[tuple[date, str, int]]
    chart: Chart
    flaps: bool = False
    knows: bool = True

    @property
    def is_empty(self) -> bool:
        return not self.days


def held_back(key: str, *, knows: bool = True) -> HeldBack:
    """Counts of a play over the last 90 days, of all accounts, as far as a reader is told."""
    today = clock.today()
    since = today - timedelta(days=DAYS - 1)
    found = list(
        PlayCount.objects.filter(play__key=key, day__gte=since)
        .order_by("-day", "what")
        .values_list("day", "what", "count")
    )
    told = ORDER if knows else tuple(what for what in ORDER if what != What.MET)
    rows = [_row(what, found, today, knows) for what in told if _total(what, found, since)]
    by_day = ORDER if knows else (What.STARTED, *BACK)
    days = [
        (day, str(What(what).label), count)
        for day, what, count in found
        if count and what in by_day
    ]
    return HeldBack(rows, days, _chart(found, since, today, knows), _flaps(key), knows)


def _flaps(key: str) -> bool:
    plays = list(Play.objects.filter(key=key))
    return any(counted.flaps for counted in counts_of(plays).values())


def _total(what: What, found: Sequence[tuple[date, str, int]], first: date) -> int:
    return sum(count for day, kind, count in found if kind == what and day >= first)


def _row(what: What, found: Sequence[tuple[date, str, int]], today: date, knows: bool) -> HeldRow:
    totals = [_total(what, found, today - timedelta(days=days - 1)) for days in (7, 30, DAYS)]
    known = knows or what != What.HELD_OUT
    return HeldRow(str(what.label), *(counted(total, known) for total in totals))


def _chart(found: Sequence[tuple[date, str, int]], since: date, today: date, knows: bool) -> Chart:
    """By week, as most plays start few accounts a day."""
    weeks = [since + timedelta(days=7 * n) for n in range((today - since).days // 7 + 1)]

    def series(kinds: Sequence[str]) -> list[float | None]:
        sums = [0] * len(weeks)
        for day, kind, count in found:
            if kind in kinds:
                sums[(day - since).days // 7] += count
        return [float(value) for value in sums]

    started, out, back = series([What.STARTED]), series([What.HELD_OUT]), series(BACK)
    total = int(sum(value or 0 for value in started))
    said = {"n": number(total), "back": number(int(sum(value or 0 for value in back)))}
    held_out = [Series(_("Held out"), out)] if knows else []
    title = _("Started, held out and held back") if knows else _("Started and held back")
    return Chart(
        key="held", title=title, kind="stacked",
        labels=[day_text(week) for week in weeks],
        series=[
            Series(_("Started"), started, tone="accent"),
            *held_out,
            Series(_("Held back"), back, tone="muted"),
        ],
        summary=ngettext(
            "In 90 days %(n)s account started; accounts were held back %(back)s times.",
            "In 90 days %(n)s accounts started; accounts were held back %(back)s times.",
            total,
        ) % said,
        note=_("by week, of all accounts"), size="short",
    )  # fmt: skip
