"""How every command speaks: progress with time left, JSON on request, sentences for errors."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from tenure.core.pipeline import Report

console = Console()
notices = Console(stderr=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def emit_json(payload: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(payload, default=_plain, ensure_ascii=False, indent=2) + "\n")


class Steps:
    """Progress bars for the steps of a command, one line each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def step(self, title: str) -> Report:
        """Start a step; the report it returns moves its bar."""
        task = self._progress.add_task(title, total=None)

        def report(done: int, total: int) -> None:
            self._progress.update(task, completed=done, total=total)

        return report

    def done(self, title: str) -> None:
        """Fill the bar of a step, whatever it last reported."""
        for task in self._progress.tasks:
            if task.description == title:
                total = task.total or 1
                self._progress.update(task.id, total=total, completed=total)


@contextmanager
def steps(*, quiet: bool = False) -> Iterator[Steps]:
    """Show progress with time left on standard error, so that standard output stays data."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<34}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=notices,
        disable=quiet,
    ) as progress:
        yield Steps(progress)
