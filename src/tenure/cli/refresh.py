"""`tenure refresh`: recompute every number that is stale, or everything since a date."""

from datetime import datetime
from typing import Annotated

import typer

from tenure.cli.output import Steps, console, emit_json, steps
from tenure.core.pipeline import Report, Stage
from tenure.core.turn import turn


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("refresh")(refresh)


def refresh(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Recompute from this day on.")
    ] = None,
    stage: Annotated[
        list[str] | None, typer.Option(help="Only this stage; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Recompute metrics, health and levels from the facts: what is stale, or all since a day."""
    from tenure.core import pipeline
    from tenure.core.errors import TenureError

    known = [s.name for s in pipeline.ordered()]
    if unknown := set(stage or []) - set(known):
        raise TenureError(
            f"There is no stage {', '.join(sorted(unknown))}; the stages are {', '.join(known)}."
        )
    with turn("refresh") as mine, steps(quiet=as_json) as shown:
        if not mine:
            raise TenureError("Another process is refreshing now; try again when it is done.")
        runs = pipeline.run(
            since=since.date() if since else None,
            only=stage or None,
            on_stage=lambda s: stage_report(shown, s),
        )
        for run in runs:
            shown.done(run.stage)
    if as_json:
        emit_json([{"stage": r.stage, "outcome": r.outcome, "detail": r.detail} for r in runs])
        return
    for run in runs:
        seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else 0.0
        console.print(f"{run.stage:<14} {run.outcome}  {seconds:6.1f} s  {run.detail}")


def stage_report(shown: Steps, stage: Stage) -> Report:
    """A bar for one stage."""
    return shown.step(stage.name)
