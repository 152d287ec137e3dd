"""`tenure export`: a table in the columns it could be loaded with."""

from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import console, emit_json, steps


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("export")(export)


def export(
    table: Annotated[str, typer.Argument(help="A table of the file contract, as accounts.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; .csv or .parquet. Default: TABLE.csv")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write a table as CSV or Parquet, in the columns `tenure load` takes."""
    from tenure.api.export import table_write

    path = out or Path(f"{table}.csv")
    with steps(quiet=as_json) as shown:
        rows = table_write(table, path, shown.step(f"Exporting {table}"))
    if as_json:
        emit_json({"table": table, "file": str(path), "rows": rows})
        return
    console.print(f"Wrote {rows:,} rows of {table} to {path}.", highlight=False)
