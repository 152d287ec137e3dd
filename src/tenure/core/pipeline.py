"""The refresh: each room registers the stages that turn its facts into numbers, in order.

A room registers in its `AppConfig.ready`; nobody has to know all rooms. Stages run one after the
other, each after those it names in `after`. A stage must be safe to interrupt and to run again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from graphlib import TopologicalSorter
from typing import Any, TypeAlias

from django.db import connection

from tenure.core import clock
from tenure.core.models import StageRun

Report: TypeAlias = Callable[[int, int], None]
"""Called with (steps done, steps in all) as a stage advances."""


def silent(done: int, total: int) -> None:
    """A report that goes nowhere."""


@dataclass(frozen=True)
class Refresh:
    """What a stage is asked to do. `since`: recompute from that date on; None: what is stale."""

    as_of: date
    since: date | None = None
    report: Report = silent


@dataclass(frozen=True)
class Stage:
    """`run` returns a small JSON-able summary that is kept in its `StageRun`."""

    name: str
    run: Callable[[Refresh], dict[str, Any]]
    after: tuple[str, ...] = field(default=())


_stages: dict[str, Stage] = {}


def register(stage: Stage) -> None:
    """Add a stage; registering the same name again replaces it (Django may start apps twice)."""
    _stages[stage.name] = stage


def ordered() -> list[Stage]:
    """All stages, each after those it depends on; ties by name."""
    sorter = TopologicalSorter(
        {name: [a for a in stage.after if a in _stages] for name, stage in sorted(_stages.items())}
    )
    return [_stages[name] for name in sorter.static_order()]


def run(
    *,
    since: date | None = None,
    only: Iterable[str] | None = None,
    on_stage: Callable[[Stage], Report] = lambda stage: silent,
) -> list[StageRun]:
    """Run the stages (all, or those named in `only`) and keep one `StageRun` for each."""
    wanted = set(only) if only is not None else None
    runs = []
    for stage in ordered():
        if wanted is not None and stage.name not in wanted:
            continue
        runs.append(_run_stage(stage, Refresh(clock.today(), since, on_stage(stage))))
    if runs:
        _survey()
    return runs


def _survey() -> None:
    """Tell SQLite how its tables are filled, as it chooses between indexes by that.

    It looks at a thousand entries of each index, which takes milliseconds. PostgreSQL does the like
    by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")


def _run_stage(stage: Stage, refresh: Refresh) -> StageRun:
    row = StageRun.objects.create(stage=stage.name, started_at=clock.now())
    try:
        row.detail = stage.run(refresh)
        row.outcome = "done"
    except BaseException as error:
        row.outcome = "failed"
        row.detail = {"error": f"{type(error).__name__}: {error}"}
        raise
    finally:
        row.ended_at = clock.now()
        row.save()
    return row
