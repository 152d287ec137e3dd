"""The plan of the week as leaders see it: hours, prices, what is left undone, what plays do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.advice.definitions import advice_definition
from tenure.advice.models import TAKEN, WAITING, Reason, State, Suggestion, WeekPlan
from tenure.advice.selectors import Hours, decisions_lately, hours_by_person
from tenure.advice.services import turns
from tenure.advice.services.pool import Turn
from tenure.core.models import User
from tenure.core.wording import listed
from tenure.plays.beliefs import source_told
from tenure.plays.selectors import plays_known
from tenure.web.advice import wording
from tenure.web.advice.titles import titled
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import exact_money, hours, money, number, several, share


@dataclass(frozen=True)
class Load:
    """One person's week, in hours: had, kept for the plan, gone to tasks, decided for, proposed."""

    user: User
    hours: float
    room: float
    tasks: float
    taken: float
    open: float
    price: str


@dataclass(frozen=True)
class Left:
    """Accounts not in the plan for one reason. `value`: what their best plays would have kept."""

    reason: str
    accounts: int
    value: float


@dataclass(frozen=True)
class Effect:
    """What one play is believed to do, in points of retention; None: nobody says.

    `past`: how many of the accounts measured stand in the log of plays before Tenure.
    """

    title: str
    points: float | None
    low: float | None
    high: float | None
    assumed: bool
    source: str
    treated: int
    held_out: int
    accounts: int
    past: int


@dataclass(frozen=True)
class Dismissed:
    """How often a play was dismissed, and why."""

    title: str
    decided: int
    share: float
    reasons: str


@dataclass(frozen=True)
class TeamPlan:
    """Everything on the page. `idle`: plays that are open to no account now."""

    plan: WeekPlan
    loads: tuple[Load, ...]
    left: tuple[Left, ...]
    effects: tuple[Effect, ...]
    idle: int
    teaches: str
    rate: str
    waiting: int
    pooled: int
    decided: int
    turns: tuple[Turn, ...]

    @property
    def used(self) -> float:
        """Hours decided for or proposed."""
        return sum(load.taken + load.open for load in self.loads)

    @property
    def room(self) -> float:
        """Hours that the plan may have."""
        return sum(load.room for load in self.loads)


def team_plan_of(plan: WeekPlan) -> TeamPlan:
    """A plan with what became of it so far."""
    states = list(Suggestion.objects.filter(week=plan.week).values_list("state", "pooled"))
    waiting = [pooled for state, pooled in states if state in WAITING]
    return TeamPlan(
        plan=plan,
        loads=tuple(_loads(plan)),
        left=tuple(_left(plan)),
        effects=tuple(_effects([one for one in plan.effects if one["accounts"]])),
        idle=sum(not one["accounts"] for one in plan.effects),
        teaches=_teaches(plan),
        rate=_rate(plan.inputs),
        waiting=len(waiting),
        pooled=sum(waiting),
        decided=sum(state in {*TAKEN, State.DISMISSED} for state, _pooled in states),
        turns=tuple(turns()) if any(waiting) else (),
    )


def _loads(plan: WeekPlan) -> Iterable[Load]:
    users = User.objects.in_bulk([load["person"] for load in plan.loads])
    taken = hours_by_person(plan.week, users)
    for load in plan.loads:
        user = users.get(load["person"])
        if user is None:
            continue
        now = taken.get(user.pk, Hours(0.0, 0.0))
        price = wording.hour_price(load["price"], load["free"], load["used"])
        yield Load(user, load["hours"], load["room"], load["tasks"], now.taken, now.open, price)


def _left(plan: WeekPlan) -> Iterable[Left]:
    merged: dict[str, Left] = {}
    for one in plan.left:
        reason = wording.left_reason(one["reason"])
        before = merged.get(reason, Left(reason, 0, 0.0))
        merged[reason] = Left(
            reason, before.accounts + one["accounts"], before.value + one["value"]
        )
    return merged.values()


def _effects(rows: Sequence[dict[str, Any]]) -> Iterable[Effect]:
    titles = titled((one["play"], one["version"]) for one in rows)
    for one in sorted(rows, key=lambda one: -one["accounts"]):
        mean, sd = one["mean"], one["sd"] or 0.0
        yield Effect(
            title=titles(one["play"], one["version"]),
            points=None if mean is None else mean * 100,
            low=None if mean is None else (mean - 1.645 * sd) * 100,
            high=None if mean is None else (mean + 1.645 * sd) * 100,
            assumed=one["assumed"],
            source=source_told(one["source"]),
            treated=one["treated"],
            held_out=one["held_out"],
            accounts=one["accounts"],
            past=one.get("past", 0),
        )


def _teaches(plan: WeekPlan) -> str:
    """The experiment that would teach most, in a sentence; "" where none is worth its price."""
    if not plan.teaches:
        return ""
    best = plan.teaches[0]
    version = next(one["version"] for one in plan.effects if one["play"] == best["play"])
    titles = titled([(best["play"], version)])
    said = ngettext(
        "Most would be learnt from “%(play)s”: hold out %(n)s account of %(all)s by lot. That is "
        "worth about %(worth)s and takes away %(learnt)s of what is unsure about it.",
        "Most would be learnt from “%(play)s”: hold out %(n)s accounts of %(all)s by lot. That is "
        "worth about %(worth)s and takes away %(learnt)s of what is unsure about it.",
        best["held_out"],
    )
    return said % {
        "play": titles(best["play"], version),
        "n": number(best["held_out"]),
        "all": number(best["held_out"] + best["treated"]),
        "worth": money(best["worth"]),
        "learnt": share(best["learnt"]),
    }


def _rate(inputs: dict[str, Any]) -> str:
    words = {
        "rate": exact_money(inputs["rate"]),
        "source": wording.RATES.get(inputs["rate_source"], inputs["rate_source"]),
        "share": share(inputs["hours_share"]),
        "margin": share(inputs["margin"]),
    }
    return (
        _(
            "An hour costs %(rate)s, %(source)s. The plan may use %(share)s of everybody's hours; "
            "margin is %(margin)s of MRR."
        )
        % words
    )


def dismissed() -> list[Dismissed]:
    """What was dismissed in the last 90 days, by play, the most often dismissed first."""
    found = [one for one in decisions_lately() if one.dismissed]
    known = {one.key: one.running or one.newest for one in plays_known(retired=True)}
    titles = titled((one.play, known.get(one.play, 0)) for one in found)
    return [
        Dismissed(
            title=titles(one.play, known.get(one.play, 0)),
            decided=one.decided,
            share=one.share,
            reasons=listed(
                _("%(reason)s (%(n)s)") % {"reason": Reason(key).label, "n": number(count)}
                for key, count in one.reasons.items()
            ),
        )
        for one in found
    ]


@dataclass(frozen=True)
class Choice:
    """A play that is not on, and whether it is suggested all the same."""

    key: str
    title: str
    hours: float
    ticked: bool


def choices() -> list[Choice]:
    """Plays that take hours, can be valued and are not switched on."""
    ticked, plays = advice_definition().suggest, plays_known()
    titles = titled((one.key, one.newest) for one in plays)
    found = [
        Choice(one.key, titles(one.key, one.newest), one.definition.hours, one.key in ticked)
        for one in plays
        if one.definition is not None and one.running is None and one.definition.hours > 0
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.title)


def hours_chart(shown: TeamPlan) -> Chart | None:
    """Hours of the plan by person, against those it may have; None without anybody."""
    if not shown.loads:
        return None
    planned = [round(load.taken + load.open, 2) for load in shown.loads]
    kept = [round(load.room, 2) for load in shown.loads]
    told = ngettext(
        "%(used)s of %(room)s hour of the plan is decided for or proposed.",
        "%(used)s of %(room)s hours of the plan are decided for or proposed.",
        several(shown.room),
    )
    return Chart(
        key="plan-hours",
        title=_("Hours of the plan"),
        kind="bar",
        decimals=1,
        labels=[str(load.user) for load in shown.loads],
        series=[
            Series(_("planned"), planned),
            Series(_("for the plan"), kept, tone="unknown"),
        ],
        summary=told % {"used": hours(shown.used), "room": hours(shown.room)},
    )
