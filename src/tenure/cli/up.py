"""`tenure up`: set up what is missing, then run web and worker together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import typer

from tenure.cli.output import console, notices
from tenure.cli.parent import PARENT
from tenure.cli.serve import Host, Port

COMMAND = (sys.executable, "-c", "from tenure.cli import main; main()")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
PATIENCE_SECONDS = 30.0


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("up")(up)


def up(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Set up the database and the pages' files, then run web and worker until stopped."""
    from tenure.cli.prepare import prepare

    prepare()
    run(host=host, port=port)


def run(*, host: str, port: int) -> None:
    """Web and worker as children: print the address, restart one that dies, stop both cleanly."""
    from tenure.core.errors import TenureError

    if listens(host, port):
        raise TenureError(f"Something else uses port {port} of {host}; give another --port.")
    supervisor = Supervisor(
        {
            "web": ["serve", "--host", host, "--port", str(port)],
            "worker": ["work"],
        }
    )
    supervisor.start()
    try:
        if supervisor.wait_for(lambda: listens(host, port), seconds=60):
            shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
            console.print(f"Tenure is at http://{shown}:{port} (Ctrl-C stops it)", highlight=False)
        supervisor.watch()
    finally:
        supervisor.stop()


def listens(host: str, port: int) -> bool:
    """Whether anything answers there."""
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), 1):  # noqa: S104
            return True
    except OSError:
        return False


@dataclass
class Child:
    """One process, and how long to wait before starting it again."""

    words: list[str]
    process: subprocess.Popen[bytes]
    started_at: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


@dataclass
class Supervisor:
    """Keeps named `tenure` commands running until told to stop."""

    commands: dict[str, list[str]]
    children: dict[str, Child] = field(default_factory=dict)
    stopping: bool = False
    handlers: dict[int, Any] = field(default_factory=dict)

    def start(self) -> None:
        """Start all; from here on Ctrl-C and SIGTERM ask to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self.handlers[number] = signal.signal(number, self._ask_to_stop)
        for name, words in self.commands.items():
            self.children[name] = Child(words, _spawn(words), time.monotonic())

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def wait_for(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Keep watch until something is so; false when asked to stop or out of time."""
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            if ready():
                return True
            self._tend()
            time.sleep(0.1)
        return False

    def watch(self) -> None:
        """Restart what dies, until asked to stop."""
        while not self.stopping:
            self._tend()
            time.sleep(0.2)

    def _tend(self) -> None:
        now = time.monotonic()
        for name, child in self.children.items():
            if child.again_at is not None:
                if now >= child.again_at:
                    child.process, child.started_at = _spawn(child.words), now
                    child.again_at = None
            elif child.process.poll() is not None:
                # One that ran well for a while starts at once; one that cannot start, ever later.
                calm = now - child.started_at > LONGEST_PAUSE
                child.pause = FIRST_PAUSE if calm else min(child.pause * 2, LONGEST_PAUSE)
                child.again_at = now + child.pause
                notices.print(
                    f"The {name} process ended ({child.process.returncode}); it is started again."
                )

    def stop(self) -> None:
        """End all, politely first, and give the signals back."""
        running = [c.process for c in self.children.values() if c.process.poll() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + PATIENCE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for number, handler in self.handlers.items():
            signal.signal(number, handler)


def _spawn(words: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the supervisor alone, which then stops both in order.
    return subprocess.Popen(
        [*COMMAND, *words],
        start_new_session=True,
        env={**os.environ, PARENT: str(os.getpid())},
    )
