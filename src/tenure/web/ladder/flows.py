"""How accounts moved between levels, quarter after quarter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.relationship.models import Level, LevelChange
from tenure.relationship.selectors import quarter_of
from tenure.web.figures import Chart, Flow, Node
from tenure.web.locales import written_quarter
from tenure.web.templatetags.formats import day_text

QUARTERS = 4
UP = {
    "": 0,
    Level.PROSPECT: 0,
    Level.FORMER: 0,
    Level.CUSTOMER: 1,
    Level.CLIENT: 2,
    Level.ADVOCATE: 3,
}
STILL = (Level.PROSPECT, Level.FORMER)
DRAWN_FROM_THE_TOP = (Level.ADVOCATE, Level.CLIENT, Level.CUSTOMER, Level.PROSPECT, Level.FORMER)


@dataclass(frozen=True)
class Step:
    """From one day to the next: (level before, level after) → accounts; "" is not known yet."""

    start: date
    end: date
    moved: Counter[tuple[str, str]]

    def total(self, *, old: Sequence[str] = (), new: Sequence[str] = ()) -> int:
        """Accounts that went from one of `old` to one of `new`; empty: from or to anything."""
        return sum(
            n
            for (before, after), n in self.moved.items()
            if before != after and (not old or before in old) and (not new or after in new)
        )


@dataclass(frozen=True)
class QuarterRow:
    """What a quarter changed, in accounts. `net_clients`: gained less lost, advocates counted."""

    name: str
    start: date
    end: date
    running: bool
    new_customers: int
    became_clients: int
    became_advocates: int
    fell_back: int
    left: int
    net_clients: int


def days_between(today: date, quarters: int = QUARTERS) -> list[date]:
    """The last day before each of the quarters, oldest first, and today."""
    first, _last = quarter_of(today)
    days = [today]
    for _quarter in range(quarters):
        days.append(first - timedelta(days=1))
        first = quarter_of(days[-1])[0]
    return days[::-1]


def steps_of(accounts: QuerySet[Account], days: Sequence[date]) -> list[Step]:
    """The moves between each two neighbouring days, in one pass over the changes of level."""
    # The database tells between which days a change lies: to read thousands of days takes longer.
    by = [When(as_of__lte=day, then=Value(place)) for place, day in enumerate(days)]
    changes = (
        LevelChange.objects.filter(account__in=accounts, as_of__lte=days[-1])
        .order_by("as_of", "pk")
        .values_list("account_id", Case(*by, output_field=IntegerField()), "new")
    )
    state: dict[int, str] = {}
    states: list[dict[int, str]] = []
    for account, place, new in changes.iterator():
        while len(states) < place:
            states.append(dict(state))
        state[account] = new
    while len(states) < len(days):
        states.append(dict(state))
    return [
        Step(days[i], days[i + 1], Counter((before.get(a, ""), new) for a, new in after.items()))
        for i, (before, after) in enumerate(pairwise(states))
    ]


def quarter_rows(steps: Sequence[Step]) -> list[QuarterRow]:
    """The moves in words, newest quarter first."""
    high = (Level.CLIENT, Level.ADVOCATE)
    low = ("", Level.PROSPECT, Level.CUSTOMER, Level.FORMER)
    paying = (Level.CUSTOMER, *high)
    return [
        QuarterRow(
            name=written_quarter(step.end),
            start=step.start + timedelta(days=1),
            end=step.end,
            running=quarter_of(step.end)[1] != step.end,
            new_customers=step.total(old=("", Level.PROSPECT, Level.FORMER), new=paying),
            became_clients=step.total(old=low, new=high),
            became_advocates=step.total(new=(Level.ADVOCATE,)),
            fell_back=step.total(old=high, new=(Level.CUSTOMER,)),
            left=step.total(old=paying, new=(Level.FORMER,)),
            net_clients=step.total(old=low, new=high) - step.total(old=high, new=low),
        )
        for step in reversed(steps)
    ]


def flow_chart(steps: Sequence[Step]) -> Chart:
    """The moves as a Sankey chart. Who stayed a prospect, or gone, is left out."""
    flows = [
        Flow(_node(step.start, old), _node(step.end, new), n)
        for step in steps
        for (old, new), n in sorted(step.moved.items(), key=_from_the_top)
        if old and not (old == new and new in STILL)
    ]
    named = {flow.source for flow in flows} | {flow.target for flow in flows}
    days = [step.start for step in steps] + [step.end for step in steps[-1:]]
    nodes = [
        Node(_node(day, level), tone=level.value)
        for day in days
        for level in DRAWN_FROM_THE_TOP
        if _node(day, level) in named
    ]
    return Chart(
        key="ladder-flow",
        title=_("Between levels"),
        kind="sankey",
        summary=_sentence(steps),
        flows=flows,
        nodes=nodes,
        size="tall",
    )


def _from_the_top(item: tuple[tuple[str, str], int]) -> tuple[int, int]:
    (old, new), _count = item
    return -UP.get(old, 0), -UP.get(new, 0)


def _node(day: date, level: str) -> str:
    return f"{day_text(day)}|{Level(level).label}"


def _sentence(steps: Sequence[Step]) -> str:
    if not steps or not any(step.moved for step in steps):
        return _("No level has been worked out yet.")
    rows = quarter_rows(steps)
    return _(
        "Since %(day)s, %(new)s accounts became customers, %(clients)s became clients, "
        "%(back)s fell back to customer and %(left)s left."
    ) % {
        "day": day_text(steps[0].start),
        "new": sum(row.new_customers for row in rows),
        "clients": sum(row.became_clients for row in rows),
        "back": sum(row.fell_back for row in rows),
        "left": sum(row.left for row in rows),
    }


def flows_now(accounts: QuerySet[Account]) -> list[Step]:
    """The moves of the last quarters and of the running one."""
    return steps_of(accounts, days_between(clock.today()))
