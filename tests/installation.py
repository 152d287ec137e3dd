"""A Tenure of its own for tests that need real processes: folder, database, server, worker."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.template import database_copied, environment, template

START = "import django; django.setup()\n"
SERVE = START + "from tenure.cli.serve import serve; serve(port={port}, workers=1)"
WORK = START + "from tenure.cli.work import work; work(interval=0.05, refresh_minutes=0)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """Everything in `home`; on PostgreSQL a database of its own on the suite's server."""

    home: Path
    env: dict[str, str]
    key: str
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def create(cls, home: Path, **settings: str) -> "Installation":
        """One that is set up: a copy of the suite's template."""
        with template() as made:
            shutil.copytree(made.home, home, dirs_exist_ok=True)
            own = database_copied(made.database) if "TENURE_TEST_POSTGRES" in os.environ else None
        return cls(home, {**environment(home, own), **settings}, made.key)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def python(self, code: str) -> str:
        """What a program prints that runs inside this installation."""
        done = subprocess.run(
            [sys.executable, "-c", START + code],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers, without starting Django for it."""
        if url := self.env.get("TENURE_DATABASE_URL"):
            with psycopg.connect(url) as connection:
                return connection.execute(sql).fetchall()
        with closing(sqlite3.connect(self.home / "tenure.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def json(self, code: str) -> Any:
        return json.loads(self.python(code))

    def spawn(self, code: str) -> subprocess.Popen[bytes]:
        log = self.home / f"{uuid.uuid4().hex}.log"
        with log.open("wb") as handle:
            process = subprocess.Popen(
                [sys.executable, "-c", code],
                env=self.env,
                stdout=handle,
                stderr=handle,
                start_new_session=True,
            )
        log.rename(self.home / f"{process.pid}.log")
        self.processes.append(process)
        return process

    def spawn_server(self) -> subprocess.Popen[bytes]:
        return self.spawn(SERVE.format(port=self.port))

    def serve(self) -> subprocess.Popen[bytes]:
        process = self.spawn_server()
        self.wait_until_up(process)
        return process

    def work(self) -> subprocess.Popen[bytes]:
        return self.spawn(WORK)

    def wait_until_said(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the first line of a process."""
        log = self.home / f"{process.pid}.log"
        while log.stat().st_size == 0 and process.poll() is None:
            time.sleep(0.01)

    def wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.home / f"{process.pid}.log").read_text()[-2000:])

    def end(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
        """Signal the process and its children, and wait for it."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(40)

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.end(process, signal.SIGKILL)
