"""Making the plan of a week: gather, solve, and propose what came out to those who are to do it."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tenure.advice.definitions import AdviceDefinition, advice_definition
from tenure.advice.inputs.accounts import told_of
from tenure.advice.inputs.effects import teaching
from tenure.advice.inputs.gathering import Gathered, gathered, settled_accounts
from tenure.advice.inputs.plays import Playable
from tenure.advice.models import State, Suggestion, SuggestionChange, WeekPlan
from tenure.advice.services.rules import changes_append
from tenure.advice.waiting import let_go
from tenure.core import clock
from tenure.core.models import User
from tenure.core.pipeline import Report, silent
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.engine.planning import Assignment, Passed, Plan, plan
from tenure.forecast.in_force import definition_in_force

SURE = 1.645
"""Standard errors on each side of an interval of 90 %."""
What = SuggestionChange.What


def week_plan(*, actor: User | None, report: Report = silent) -> WeekPlan | None:
    """Plan the running week anew; None where no play can be suggested.

    What somebody accepted, put off or was handed stays; what was only proposed is replaced.
    """
    require(actor, Permission.PLAN_TEAM)
    definition, monday = advice_definition(), clock.week_start(clock.today())
    week = gathered(monday, definition, report)
    if not week.believed and not week.silent:
        _let_go(monday)
        return None
    began = time.monotonic()
    found = plan(week.week, definition.seconds)
    return _kept(actor, monday, week, found, time.monotonic() - began, definition)


@transaction.atomic
def _let_go(monday: date) -> None:
    suggestions_expire(monday)


@transaction.atomic
def _kept(
    actor: User | None,
    monday: date,
    week: Gathered,
    found: Plan,
    seconds: float,
    definition: AdviceDefinition,
) -> WeekPlan:
    suggestions_expire(monday)
    # Somebody may have decided while the plan was being solved.
    decided = settled_accounts(monday)
    chosen = [one for one in found.assignments if one.account not in decided]
    value = sum(one.value for one in chosen)
    row = WeekPlan.objects.create(
        week=monday,
        made_at=clock.now(),
        made_by=actor,
        value=value,
        bound=found.bound,
        gap=(found.bound - value) / found.bound if found.bound > 0 else 0.0,
        seconds=round(seconds, 3),
        loads=_loads(week, found, chosen),
        left=_left(week, found),
        effects=[one.told() for one in week.believed] + [_unsaid(one) for one in week.silent],
        teaches=teaching(week.believed, week.rate.amount),
        inputs=_inputs(week, definition),
    )
    made = Suggestion.objects.bulk_create(_suggestions(row, week, chosen), batch_size=500)
    changes_append(made, None, What.MADE)
    audit(
        actor=actor, action="advice.plan", subject=row,
        detail={"week": monday.isoformat(), "suggestions": len(made), "value": round(row.value, 2)},
    )  # fmt: skip
    return row


def suggestions_expire(monday: date) -> int:
    """Let go of what was only proposed, and of what waits from weeks before; how many."""
    gone = list(Suggestion.objects.select_for_update().filter(let_go(monday)))
    for one in gone:
        one.state = State.EXPIRED
    Suggestion.objects.bulk_update(gone, ["state"], batch_size=500)
    changes_append(gone, None, What.EXPIRED)
    return len(gone)


def _suggestions(
    row: WeekPlan, week: Gathered, chosen: Sequence[Assignment]
) -> Iterator[Suggestion]:
    place = [{one.account: i for i, one in enumerate(play.accounts)} for play in week.believed]
    told = told_of({one.account: week.accounts.known[one.account].prediction for one in chosen})
    for one in chosen:
        play, at = week.believed[one.play], week.accounts.known[one.account]
        i = place[one.play][one.account]
        effect, sd = float(play.effect[i]), float(play.sd[i])
        cost = effect * at.margin - one.value
        yield Suggestion(
            plan=row, week=row.week, account_id=one.account, play=play.play.key,
            version=play.play.version, person_id=one.manager, pooled=at.owner is None,
            hours=one.hours, value=one.value, low=(effect - SURE * sd) * at.margin - cost,
            high=(effect + SURE * sd) * at.margin - cost, effect=effect, effect_sd=sd,
            assumed=play.assumed, source=play.source[:500], stake=at.margin, risk=at.risk,
            risk_low=at.low, risk_high=at.high, why=told[one.account].plain(),
            passed=[_passed(other, week) for other in one.passed_over],
            otherwise={} if one.otherwise is None else _passed(one.otherwise, week),
            made_at=row.made_at,
        )  # fmt: skip


def _passed(other: Passed, week: Gathered) -> dict[str, Any]:
    return {
        "account": other.account,
        "play": week.believed[other.play].play.key,
        "version": week.believed[other.play].play.version,
        "person": other.manager,
        "value": other.value,
        "hours": other.hours,
    }


def _loads(week: Gathered, found: Plan, chosen: Sequence[Assignment]) -> list[dict[str, Any]]:
    used: dict[int, float] = defaultdict(float)
    for one in chosen:
        used[one.manager] += one.hours
    return [
        {
            "person": load.manager, "hours": member.hours, "room": member.room,
            "tasks": member.tasks, "taken": member.taken, "free": load.free,
            "used": used[load.manager], "price": load.price,
        }
        for member, load in zip(week.members, found.loads, strict=True)
    ]  # fmt: skip


def _left(week: Gathered, found: Plan) -> list[dict[str, Any]]:
    sums: dict[str, list[float]] = {}
    for one in found.left:
        own = sums.setdefault(one.reason, [0.0, 0.0])
        own[0], own[1] = own[0] + 1, own[1] + one.value
    for reason, count in week.unplanned.items():
        sums.setdefault(reason, [0.0, 0.0])[0] += count
    return [
        {"reason": reason, "accounts": int(count), "value": value}
        for reason, (count, value) in sorted(sums.items(), key=lambda item: -item[1][1])
    ]


def _unsaid(play: Playable) -> dict[str, Any]:
    return {
        "play": play.key, "version": play.version, "assumed": True, "mean": None, "sd": None,
        "source": "", "treated": 0, "held_out": 0, "accounts": len(play.open_to),
    }  # fmt: skip


def _inputs(week: Gathered, definition: AdviceDefinition) -> Mapping[str, Any]:
    return {
        "advice": definition.version,
        "forecast": definition_in_force().version,
        "run": week.accounts.run,
        "margin": week.accounts.margin,
        "rate": week.rate.amount,
        "rate_source": week.rate.source,
        "rate_months": week.rate.months,
        "hours_share": definition.hours_share,
        "plays": {one.play.key: one.play.version for one in week.believed},
        "known_on": clock.today().isoformat(),
    }
