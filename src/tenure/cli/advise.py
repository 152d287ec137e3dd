"""`tenure advise`: the plan of the week, made anew or as it stands."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.cli.output import console, emit_json, steps
from tenure.core.turn import turn

if TYPE_CHECKING:
    from tenure.advice.models import WeekPlan


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("advise")(advise)


def advise(
    show: Annotated[
        bool, typer.Option("--show", help="Print the newest plan instead of making another.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Plan the week anew: which play for which account by whom, and what is left undone."""
    from tenure.advice.selectors import plan_now
    from tenure.core.errors import TenureError

    plan = plan_now() if show else _made(quiet=as_json)
    if plan is None:
        raise TenureError(
            "There is nothing to plan with: switch on a play that takes hours, then run "
            "`tenure refresh` so that the forecast knows the accounts."
        )
    if as_json:
        emit_json(_payload(plan))
        return
    _print(plan)


def _made(*, quiet: bool) -> "WeekPlan | None":
    from tenure.advice.services import week_plan
    from tenure.core.errors import TenureError

    with turn("refresh") as mine, steps(quiet=quiet) as shown:
        if not mine:
            raise TenureError("Another process is refreshing now; try again when it is done.")
        made = week_plan(actor=None, report=shown.step("plays"))
        shown.done("plays")
    return made


def _payload(plan: "WeekPlan") -> dict[str, Any]:
    rows = plan.suggestions.select_related("account", "person").order_by("-value", "pk")
    people = _people(plan)
    return {
        "week": plan.week,
        "made_at": plan.made_at,
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "suggestions": [
            {
                "account": row.account.external_id, "play": row.play, "version": row.version,
                "person": row.person.email if row.person else None, "pooled": row.pooled,
                "hours": row.hours, "value": row.value, "low": row.low, "high": row.high,
                "effect": row.effect, "assumed": row.assumed, "source": row.source,
                "state": row.state,
            }
            for row in rows
        ],
        "loads": [{**load, "person": people.get(load["person"])} for load in plan.loads],
        "left": plan.left,
        "effects": plan.effects,
        "teaches": plan.teaches,
    }  # fmt: skip


def _people(plan: "WeekPlan") -> dict[int, str]:
    from tenure.core.models import User

    keys = [load["person"] for load in plan.loads]
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "email"))


def _print(plan: "WeekPlan") -> None:
    rows = plan.suggestions.select_related("account", "person").order_by("person__email", "-value")
    head = f"Week of {plan.week}: worth {plan.value:,.0f} after hours, at most {plan.bound:,.0f}"
    console.print(f"{head} can be had; solved in {plan.seconds:.1f} s.", highlight=False)
    for row in rows:
        who = row.person.email if row.person else "-"
        kind = "assumed" if row.assumed else "measured"
        told = f"{row.hours:5.1f} h {row.value:10,.0f}  {kind:<8} {row.play:<24}"
        console.print(f"{who:<28} {told} {row.account.name}", highlight=False)
    people = _people(plan)
    console.print("\nHours used, free and what one more would keep:")
    for load in plan.loads:
        hours = f"{load['used']:6.1f} of {load['free']:6.1f} h {load['price']:10,.0f}"
        console.print(f"{people.get(load['person'], '-'):<28} {hours}", highlight=False)
    console.print("\nLeft undone:")
    for one in plan.left:
        console.print(
            f"{one['reason']:<22} {one['accounts']:>6} accounts {one['value']:12,.0f}",
            highlight=False,
        )
