"""Made-up values for the page that shows the UI kit."""

from datetime import timedelta
from inspect import getsource
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.figures import Chart, Flow, Moment, Node, Series
from tenure.web.forms import ProfileForm
from tenure.web.icons import ICONS
from tenure.web.plots import Plot, Point, Trace

TOKENS = (
    "canvas", "surface", "sunken", "line", "ink", "ink-2", "accent",
    "good", "fair", "poor", "unknown",
    "prospect", "customer", "client", "advocate", "former", "series-1", "series-2", "series-3",
    "series-4", "series-5",
)  # fmt: skip
PARTS = (
    ("metric", "Metrics"), ("words", "Words"), ("bars", "Bars"), ("evidence", "Evidence"),
    ("timeline", "Timeline"), ("chart", "Charts"), ("filters", "Filter bar"),
    ("views", "Saved views"), ("table", "Table"), ("card", "Card"), ("empty", "Empty state"),
    ("travel", "Date travel"), ("form", "Form"), ("undo", "Undo"), ("keys", "Search and keys"),
    ("tokens", "Colours"), ("icons", "Icons"),
)  # fmt: skip
BANDS = (
    (84.0, Band.GOOD, 6.0), (55.0, Band.FAIR, 0.0), (21.0, Band.POOR, -12.0),
    (None, Band.UNKNOWN, None),
)  # fmt: skip


def samples() -> dict[str, Any]:
    """The context of the page /kit."""
    return {
        "made": {made.__name__[1:]: getsource(made) for made in (_line, _fan, _sankey, _plot)},
        "parts": PARTS,
        "line": _line(),
        "fan": _fan(),
        "sankey": _sankey(),
        "plot": _plot(),
        "levels": Level.values,
        "bands": BANDS,
        "wave": [3, 4, 4, 6, 5, 7, 9, 8, 11, 10, None, None, 12, 14, 13],
        "clauses": _clauses(),
        "moments": _moments(),
        "page": Paginator(range(240), 25).page(2),
        "icons": sorted(ICONS),
        "tokens": TOKENS,
        "form": ProfileForm(initial={"name": "Ada"}),
        "today": clock.today(),
    }  # fmt: skip


def _line() -> Chart:
    labels = [f"W{week}" for week in range(1, 27)]
    first = [20 + (week * 7) % 11 + week / 3 for week in range(26)]
    second = [12 + (week * 5) % 7 + week / 4 for week in range(26)]
    return Chart(
        key="sample-line", title=_("Active people"), kind="line", labels=labels,
        summary=_("Active people over 26 weeks, for two invented accounts."),
        series=[Series("Northwind", first), Series("Fabrikam", second)],
    )  # fmt: skip


def _fan() -> Chart:
    months = range(13)
    middle = [100.0 - month for month in months]
    return Chart(
        key="sample-fan", title=_("NRR"), kind="line", unit="%", decimals=1, least=60.0, most=100.0,
        labels=[str(month) for month in months], marks=[(6, _("renews"))],
        summary=_("An invented forecast falls from 100 % to 88 %."),
        series=[
            Series(
                _("NRR"), middle, low=[v - 2 * i for i, v in enumerate(middle)],
                high=[min(100.0, v + i) for i, v in enumerate(middle)],
                inner_low=[v - i * 0.8 for i, v in enumerate(middle)],
                inner_high=[min(100.0, v + i * 0.4) for i, v in enumerate(middle)],
            )
        ],
    )  # fmt: skip


def _sankey() -> Chart:
    names = [
        (Level.CUSTOMER, "Q1"),
        (Level.CLIENT, "Q1"),
        (Level.CUSTOMER, "Q2"),
        (Level.CLIENT, "Q2"),
        (Level.FORMER, "Q2"),
    ]
    node = {pair: f"{pair[1]}|{pair[0].label}" for pair in names}
    flows = [
        Flow(node[names[0]], node[names[2]], 60),
        Flow(node[names[0]], node[names[3]], 14),
        Flow(node[names[0]], node[names[4]], 9),
        Flow(node[names[1]], node[names[3]], 31),
        Flow(node[names[1]], node[names[2]], 4),
    ]
    return Chart(
        key="sample-sankey", title=_("Flow between levels"), kind="sankey", flows=flows,
        size="tall",
        summary=_("14 of 83 customers became clients; 9 left."),
        nodes=[Node(node[pair], tone=pair[0].value) for pair in names],
    )  # fmt: skip


def _plot() -> Plot:
    points = [Point(x, x * 0.9 + 2, x * 0.7, x * 1.1 + 5, 120 - x) for x in (4, 12, 25, 41, 68)]
    return Plot(
        key="sample-plot", title=_("Predicted and observed"), across=_("Predicted"),
        up=_("Observed"), diagonal=_("as predicted"), most=100,
        traces=[Trace("Northwind", points)],
        summary=_("Five groups of an invented company: what came is near what was said."),
    )  # fmt: skip


def _clauses() -> list[dict[str, str]]:
    paid, few = _("Paying for 26 months, 2 renewals completed."), _("2 active people.")
    return [
        {"name": _("Length of time"), "answer": "yes", "text": paid},
        {"name": _("Breadth"), "answer": "no", "text": few, "missing": _("One more person.")},
        {"name": _("Attitude"), "answer": "unknown", "text": _("No survey answered in 180 days.")},
    ]


def _moments() -> list[Moment]:
    now = clock.now()
    week, month = now - timedelta(days=9), now - timedelta(days=30)
    wish = _("They want single sign-on by spring.")
    return [
        Moment(now, "call", _("Call"), "call", _("Quarterly review"), wish, "info"),
        Moment(week, "ticket", _("Ticket"), "ticket", _("Export is slow"), facts=(_("resolved"),)),
        Moment(month, "level", _("Level"), "level", _("Became a client"), tone="good"),
    ]
