"""`tenure demo`: the simulated company, served whole or as files."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tenure.cli.demo_run import run_demo
from tenure.cli.serve import Host, Port
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.demo.folder import Made, make
from tenure.engine.simulation import Settings

STAGES = {"simulate": "Living through the weeks", "events": "Writing events"}


def register(app: typer.Typer) -> None:
    """Add the command `demo`."""
    app.command()(demo)


def demo(
    out: Annotated[Path | None, typer.Option(help="Only write the files, to this folder.")] = None,
    accounts: Annotated[int, typer.Option(help="Accounts that ever sign up.")] = 1200,
    months: Annotated[int, typer.Option(help="Months since the launch.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = 7,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Facts lie before this day (default: today)."),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="With --out: print JSON.")] = False,
) -> None:
    """Make a simulated company, send it through the doors, compute and serve it.

    With --out only its files are made, to load, to push and to learn with.
    """
    day = end.date() if end else clock.today()
    try:
        settings = Settings(accounts=accounts, months=months, seed=seed, end=day)
    except ValueError as error:
        raise TenureError(str(error)) from error
    if out is None:
        run_demo(settings, host=host, port=port)
        return
    made = make_with_progress(out, settings)
    if as_json:
        print(json.dumps({"folder": str(made.folder), "reused": made.reused, "rows": made.rows}))
        return
    console = Console()
    for name, rows in made.rows.items():
        console.print(f"{rows:>10,}  {name}")
    said = "was there already" if made.reused else "is made"
    console.print(f"The company of seed {seed} {said}: {made.folder}")
    console.print(f"Load it: tenure load {made.folder} --history")


def make_with_progress(out: Path, settings: Settings) -> Made:
    """Make the folder and show how far it is on the terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            tasks = {key: progress.add_task(text, total=None) for key, text in STAGES.items()}

            def report(stage: str, done: int, total: int) -> None:
                progress.update(tasks[stage], completed=done, total=total)

            return make(out, settings, report)
    except OSError as error:
        raise TenureError(
            f"The demo could not be written to {out} ({error.strerror}): choose another --out."
        ) from error
