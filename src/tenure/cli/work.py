"""`tenure work`: stores what the door took, runs tasks, refreshes the numbers."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType
from typing import Annotated

import typer

from tenure.cli.output import notices
from tenure.cli.parent import end_with_parent

BATCHES = 500
BATCHES_OF_RUNS = 20
PATIENCE_SECONDS = 10.0
_log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("work")(work)


def work(
    interval: Annotated[
        float, typer.Option(min=0.01, help="Seconds between looks into the inbox.")
    ] = 2.0,
    refresh_minutes: Annotated[
        float, typer.Option(min=0, help="Minutes between refreshes of the numbers; 0 for never.")
    ] = 10.0,
) -> None:
    """Store events, run tasks and plays, send mail, refresh the numbers, until stopped."""
    end_with_parent()
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threads = [
        threading.Thread(target=_forever, args=(step, pause, stopped), daemon=True)
        for step, pause in (
            (drain, interval),
            (run_tasks, max(interval, 1.0)),
            (queue_digests, 30.0),
            (run_plays, 1.0),
            (send_outgoing, 1.0),
            (sweep_uploads, 600.0),
            *([(Refresher(refresh_minutes * 60), 15.0)] if refresh_minutes else []),
        )
    ]
    for thread in threads:
        thread.start()
    while not stopped.wait(1.0):
        pass
    notices.print("Stopping …")
    until = time.monotonic() + PATIENCE_SECONDS
    for thread in threads:
        # Whatever still runs after this is safe to interrupt; the next worker takes it up.
        thread.join(max(0.0, until - time.monotonic()))


def _forever(step: Callable[[], bool], pause: float, stopped: threading.Event) -> None:
    """Repeat a step, at once while it says there is more; one that fails is tried again later."""
    from django.db import close_old_connections

    failures = 0
    while not stopped.is_set():
        more = False
        try:
            close_old_connections()
            more = step()
            failures = 0
        except Exception:  # noqa: BLE001 - whatever it was, the worker goes on
            failures += 1
            _log.exception("A step of the worker failed; it will be tried again.")
        if not more:
            stopped.wait(pause * min(2**failures, 60))


def drain() -> bool:
    """Store a lot of what waits; whether it got anywhere and more waits."""
    from tenure.events import inbox
    from tenure.events.services import inbox_drain
    from tenure.intake.tracking.rejects import rejects_collect

    before = inbox.depth()
    if before:
        inbox_drain(limit=BATCHES)
    moved = rejects_collect()
    return moved > 0 or 0 < inbox.depth() < before


def run_tasks() -> bool:
    """Run every task that is due."""
    from django.utils.crypto import get_random_string
    from django_tasks_db.management.commands.db_worker import Worker

    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    ).run()
    return False


def queue_digests() -> bool:
    """Ask for the mail digests that are due."""
    from tenure.web.digest.services.queue import digests_queue

    digests_queue()
    return False


def run_plays() -> bool:
    """Let the runs of plays go on that are due; whether there were some."""
    from tenure.core import clock
    from tenure.plays.running.conditions import Holding
    from tenure.plays.running.stepping import advance

    holding = Holding(clock.today())
    return all(advance(holding=holding) for _batch in range(BATCHES_OF_RUNS))


def send_outgoing() -> bool:
    """Send what plays put into the outbox; apart from their steps, as the world may be slow."""
    from tenure.plays.outbox.sending import outbox_send

    return outbox_send() > 0


def sweep_uploads() -> bool:
    """Let go of uploaded files that nobody confirmed within a day."""
    from tenure.intake.uploads.services import uploads_sweep

    uploads_sweep()
    return False


class Refresher:
    """Refreshes when the day has changed or something came in, not more often than asked."""

    def __init__(self, every_seconds: float) -> None:
        self.every_seconds = every_seconds

    def __call__(self) -> bool:
        """Refresh if it is due and no other worker does."""
        from tenure.core import pipeline
        from tenure.core.turn import turn

        with turn("refresh") as mine:
            if mine and self._due():
                pipeline.run()
        return False

    def _due(self) -> bool:
        from tenure.core import clock
        from tenure.core.models import StageRun

        last = StageRun.objects.order_by("-started_at").first()
        if last is None or last.started_at.date() < clock.today():
            return True
        if (clock.now() - last.started_at).total_seconds() < self.every_seconds:
            return False
        return _something_new(last.started_at)


def _something_new(since: datetime) -> bool:
    """Whether events, loads or anybody's acts have come since."""
    from tenure.core.models import AuditEntry
    from tenure.events.models import DirtyWeek
    from tenure.intake.models import Load

    return (
        DirtyWeek.objects.exists()
        or Load.objects.filter(started_at__gte=since).exists()
        or AuditEntry.objects.filter(at__gte=since).exists()
    )
