"""`tenure load`: bring a folder of files in."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import Steps, console, emit_json, steps
from tenure.intake.loading.report import LoadReport


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("load")(load)


def load(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the files.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="How files of another shape become tables.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Take every fact as known when it happened.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Load accounts, people, contracts, events and the rest from the files of a folder."""
    from tenure.intake.loading import load_folder

    with steps(quiet=as_json) as shown:
        report = load_folder(folder, mapping=mapping, history=history, report=_bars(shown))
        for table in report.tables:
            shown.done(table.table)
    if as_json:
        emit_json(report.as_json())
    else:
        _print(report)
    raise typer.Exit(2 if report.rejected else 0)


def _bars(shown: Steps) -> Callable[[str, int, int], None]:
    """A bar for each table, made when it is first heard of."""
    bars: dict[str, Callable[[int, int], None]] = {}

    def report(table: str, done: int, total: int) -> None:
        bar = bars.get(table)
        if bar is None:
            bar = bars[table] = shown.step(table)
        bar(done, total)

    return report


def _print(report: LoadReport) -> None:
    console.print(f"{'table':<16}{'loaded':>12}{'unchanged':>12}{'rejected':>10}", highlight=False)
    for t in report.tables:
        console.print(
            f"{t.table:<16}{t.loaded:>12,}{t.unchanged:>12,}{t.rejected:>10,}", highlight=False
        )
    for t in report.tables:
        if t.rejected_file:
            console.print(
                f"Rejected rows of {t.file}: {t.rejected_file}", highlight=False, markup=False
            )
    if report.ignored:
        console.print(
            f"Not a table, so left alone: {', '.join(report.ignored)}",
            highlight=False,
            markup=False,
        )
    if report.findings:
        console.print(
            f"{report.findings:,} findings on the quality of the data are open; "
            "the page Data lists them.",
            highlight=False,
        )
