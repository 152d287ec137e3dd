"""A throw-away PostgreSQL on loopback: from the machine's binaries, else from a PyPI package."""

import os
import pwd
import shutil
import socket
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

SETTINGS = ["fsync=off", "full_page_writes=off", "max_connections=100", "shared_buffers=128MB"]


def binaries() -> Path:
    """The folder with `initdb` and `postgres`, newest version first."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(Path(found).parent)
    candidates += Path(sysconfig.get_paths()["purelib"]).glob("*pgserver/pginstall/bin")
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError(
        "No PostgreSQL found: install one, or the Python package pgserver, which ships one."
    )


def _unprivileged() -> str | None:
    """The user to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostgresServer:
    """A running server and the folder that goes with it."""

    process: subprocess.Popen[bytes]
    folder: Path
    url: str

    @classmethod
    def start(cls, settings: list[str] | None = None) -> "PostgresServer":
        """Make a cluster in a new folder and wait until it answers."""
        tools, user, port = binaries(), _unprivileged(), _free_port()
        folder = Path(tempfile.mkdtemp(prefix="tenure-pg-"))
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        subprocess.run(
            [
                tools / "initdb",
                "-D",
                data,
                "-U",
                "tenure",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            cwd="/",
        )
        options = [flag for s in (settings or SETTINGS) for flag in ("-c", s)]
        command = [tools / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, *options], stdout=subprocess.DEVNULL, stderr=log, user=user, cwd="/"
            )
        server = cls(process, folder, f"postgresql://tenure@127.0.0.1:{port}/postgres")
        server._wait(tools, port)
        return server

    def _wait(self, tools: Path, port: int) -> None:
        import psycopg

        for _attempt in range(150):
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                import time

                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-800:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
