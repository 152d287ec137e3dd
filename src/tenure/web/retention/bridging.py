"""From MRR at the start of a period to MRR at its end, as a chart and by cause."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.wording import listed
from tenure.engine.money import Kind, Waterfall
from tenure.engine.retention import Bridge, bridge, close_of, month_begin, month_number
from tenure.web.account.money import CAUSES
from tenure.web.figures import Chart, Series
from tenure.web.retention.books import Kept
from tenure.web.retention.choices import Choices
from tenure.web.retention.words import month_name, quarter_of
from tenure.web.templatetags.formats import money

KINDS = {
    Kind.NEW: gettext_lazy("New"),
    Kind.REACTIVATION: gettext_lazy("Came back"),
    Kind.EXPANSION: gettext_lazy("Expansion"),
    Kind.CONTRACTION: gettext_lazy("Contraction"),
    Kind.CHURN: gettext_lazy("Churn"),
}
FAR = 0.5
"""Share of the highest level below which nothing falls, for the axis not to start at zero."""


@dataclass(frozen=True)
class Window:
    """The period shown: from the close of the month before `first` to that of `last`.

    `running`: the last month hasn't closed, and the period ends when the books were made.
    """

    name: str
    first: int
    last: int
    start: datetime
    end: datetime
    running: bool

    @property
    def first_key(self) -> str:
        return f"{month_begin(self.first):%Y-%m}"

    @property
    def last_key(self) -> str:
        return f"{month_begin(self.last):%Y-%m}"


def window_of(choices: Choices, as_of: datetime) -> Window:
    """The period asked for, within what the books hold."""
    running = month_number(as_of)
    quarter = running // 3 * 3
    first, last = {
        "last_quarter": (quarter - 3, quarter - 1),
        "year": (running - 12, running - 1),
        "custom": _custom(choices, running),
    }.get(choices.period, (quarter, running))
    name = quarter_of(first) if choices.period in {"quarter", "last_quarter"} else ""
    if not name:
        name = f"{month_name(first)} – {month_name(last)}" if first != last else month_name(first)
    end = as_of if last >= running else close_of(last)
    return Window(name, first, last, close_of(first - 1), end, last >= running)


def _custom(choices: Choices, running: int) -> tuple[int, int]:
    last = min(running if choices.last is None else choices.last, running)
    first = last if choices.first is None else choices.first
    return min(first, last), last


@dataclass(frozen=True)
class Row:
    """A movement, or a cause of one (`accounts` is None). `share`: of MRR at the start."""

    name: str
    accounts: int | None
    amount: Decimal
    share: Decimal | None


@dataclass(frozen=True)
class Shown:
    """The bridge with its rows and its chart."""

    window: Window
    waterfall: Waterfall
    rows: tuple[Row, ...]
    chart: Chart

    @property
    def net(self) -> Decimal:
        return self.waterfall.mrr_end - self.waterfall.mrr_start


def bridge_shown(kept: Kept, window: Window) -> Shown:
    """The bridge of the period. Money goes by contract, whatever churn means on the page."""
    built = bridge(kept.book, window.start, window.end)
    return Shown(window, built.waterfall, tuple(_rows(built)), _chart(built, window))


def _rows(built: Bridge) -> list[Row]:
    start = built.waterfall.mrr_start
    rows = []
    for movement in built.movements:
        part = movement.signed / start if start > 0 else None
        rows.append(Row(str(KINDS[movement.kind]), movement.accounts, movement.signed, part))
        if len(movement.causes) > 1 or movement.kind in {Kind.EXPANSION, Kind.CONTRACTION}:
            rows += [Row(str(CAUSES[c]), None, amount, None) for c, amount in movement.causes]
    return rows


def _chart(built: Bridge, window: Window) -> Chart:
    fall = built.waterfall
    amounts = [fall.mrr_start, *(m.signed for m in built.movements), fall.mrr_end]
    names = [str(KINDS[m.kind]) for m in built.movements]
    text = _("MRR went from %(start)s to %(end)s in %(name)s: %(moves)s.")
    moves = listed(
        f"{name} {money(m.signed)}" for name, m in zip(names, built.movements, strict=True)
    )
    least = _least(amounts)
    return Chart(
        key="retention-bridge",
        title=_("MRR in %(currency)s, %(period)s")
        % {"currency": settings.REPORTING_CURRENCY, "period": window.name},
        kind="bridge",
        size="big",
        labels=[_("Start"), *names, _("End")],
        series=[Series(_("MRR"), [float(amount) for amount in amounts])]
        if fall.mrr_start or fall.mrr_end
        else (),
        summary=text
        % {
            "start": money(fall.mrr_start),
            "end": money(fall.mrr_end),
            "name": window.name,
            "moves": moves,
        },
        note=_("The axis starts at %(n)s.") % {"n": money(least)} if least else "",
        least=least,
    )


def _least(amounts: list[Decimal]) -> float | None:
    """Where the axis starts, if all of the bridge hangs far above zero."""
    levels = [amounts[0]]
    for amount in amounts[1:-1]:
        levels.append(levels[-1] + amount)
    low, high = float(min(levels)), float(max(levels))
    if high <= 0 or low < FAR * high:
        return None
    room = max(low - 2.0 * (high - low), 0.0)
    size = 10.0 ** (len(str(int(high))) - 2)
    return room // size * size or None
