"""`tenure metrics`: compute the metrics, list them, check and export their definitions."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from tenure.cli.output import console, emit_json, steps

if TYPE_CHECKING:
    from tenure.metrics.compile.engine import Engine

JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(help=metrics.__doc__, invoke_without_command=True)
    group.callback()(metrics)
    group.command("list")(list_metrics)
    group.command("check")(check)
    group.command("export")(export)
    group.command("save")(save)
    app.add_typer(group, name="metrics")


def metrics(
    context: typer.Context,
    engine: Annotated[
        str, typer.Option(help="duckdb, or a Spark master as spark://host:7077.")
    ] = "duckdb",
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Compute again from this day on."),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Compute what is stale of the account-week panel and the account snapshots."""
    if context.invoked_subcommand is not None:
        return
    from tenure.metrics.services import panel_refresh

    with steps(quiet=as_json) as shown:
        result = panel_refresh(
            since=since.date() if since else None,
            report=shown.step("Computing metrics"),
            engine=_engine(engine),
        )
    payload = {
        "accounts": result.accounts,
        "rows": result.rows,
        "since": result.since,
        "full": result.full,
    }
    if as_json:
        emit_json(payload)
        return
    whole = "everything" if result.full else f"what changed, from the week of {result.since}"
    console.print(
        f"Computed {whole}: {result.rows:,} weeks of {result.accounts:,} accounts.",
        highlight=False,
    )


def _engine(name: str) -> "Engine | None":
    """The engine named on the command line; None for DuckDB, which the refresh starts itself."""
    from tenure.core.errors import TenureError

    if name == "duckdb":
        return None
    if not name.startswith(("spark://", "local", "yarn", "k8s://")):
        raise TenureError(f"{name!r} is no engine; use duckdb, or a master as spark://host:7077.")
    from tenure.metrics.spark import SparkEngine

    return SparkEngine(name)


def list_metrics(as_json: JSON = False) -> None:
    """Every metric with its unit, kind and sources."""
    from tenure.metrics.selectors import catalogue_current

    catalogue = catalogue_current()
    rows = [
        {
            "key": key,
            "title": catalogue[key].title,
            "unit": catalogue[key].unit,
            "kind": catalogue[key].kind,
            "higher_is_better": catalogue[key].higher_is_better,
            "sources": list(catalogue.sources_of(key)),
        }
        for key in catalogue.keys
    ]
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        sources = ", ".join(catalogue.sources_of(str(row["key"])))
        console.print(
            f"{row['key']:<26}{row['title']:<30}{row['kind']:<16}{sources}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def check(
    file: Annotated[Path, typer.Argument(help="A YAML file with one or more definitions.")],
    as_json: JSON = False,
) -> None:
    """Check definitions in a file, together with those that apply now, without saving them."""
    keys = sorted(_checked(file))
    if as_json:
        emit_json({"file": str(file), "metrics": keys})
        return
    console.print(f"{file}: {len(keys)} definitions, all in order.", highlight=False, markup=False)


def save(
    file: Annotated[Path, typer.Argument(help="A YAML file with one or more definitions.")],
    note: Annotated[str, typer.Option(help="Why it changes, kept with the version.")] = "",
    as_json: JSON = False,
) -> None:
    """Check definitions in a file and save each as a new version."""
    from tenure.metrics.services import metrics_save

    versions = metrics_save(actor=None, bodies=_checked(file), note=note)
    saved = [{"key": row.key, "version": row.version} for row in versions]
    if as_json:
        emit_json(saved)
        return
    for row in saved:
        console.print(f"{row['key']}: version {row['version']}", highlight=False, markup=False)


def export(
    keys: Annotated[list[str] | None, typer.Argument(help="Which metrics; all without.")] = None,
) -> None:
    """Print definitions as YAML, to edit, `check` and `save`."""
    from tenure.core.errors import TenureError
    from tenure.metrics.selectors import bodies_current

    bodies = bodies_current()
    if unknown := sorted(set(keys or ()) - set(bodies)):
        raise TenureError(f"There is no metric {unknown[0]!r}; `tenure metrics list` names them.")
    wanted = [bodies[key] for key in keys or sorted(bodies)]
    typer.echo(yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True), nl=False)


def _checked(file: Path) -> dict[str, dict[str, object]]:
    """Key → body of a file's definitions, checked by themselves and with the others."""
    from tenure.metrics.definitions import catalogue_of, parse, read_yaml
    from tenure.metrics.selectors import bodies_current

    parsed = [parse(body) for body in read_yaml(file)]
    bodies = {metric.key: dict(metric.body) for metric in parsed}
    catalogue_of(parse(body) for body in (bodies_current() | bodies).values())
    return bodies
