"""The tracking door against a bare peer: events per second and the slowest answers.

Batches of 100 events over kept-alive connections, client and server on the same two cores, door
and peer in turn. `python bench/intake.py [rounds] [seconds]`.
"""

import asyncio
import base64
import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

EVENTS = 100
CONNECTIONS = 16
RATIO_BAR = 0.80
P99_BAR_MS = 100.0
HERE = Path(__file__).parent
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from tenure.core.services import key_create
call_command("migrate", verbosity=0)
print(key_create(actor=None, name="bench", scope="track")[1])
"""


def body(number: int) -> bytes:
    """A batch as an SDK sends it."""
    return msgspec.json.encode(
        {
            "sentAt": "2026-03-02T10:00:00.000000+00:00",
            "batch": [
                {
                    "type": "track",
                    "event": f"feature {index % 12} used",
                    "userId": f"user-{number * 7 + index}",
                    "anonymousId": None,
                    "messageId": f"{number:08x}-0000-4000-8000-{index:012x}",
                    "timestamp": f"2026-03-02T09:{index % 60:02d}:00.123456+00:00",
                    "context": {
                        "library": {"name": "analytics-python", "version": "2.4.0"},
                        "groupId": f"account-{number % 500}",
                    },
                    "integrations": {},
                    "properties": {"plan": "team", "items": index, "path": f"/projects/{index}"},
                }
                for index in range(EVENTS)
            ],
        }
    )


@dataclass(frozen=True)
class Run:
    """One turn of one side."""

    events_per_second: float
    p50_ms: float
    p99_ms: float


Runs: TypeAlias = dict[str, list[Run]]


class Sender:
    """One kept-alive connection that sends the same few batches again and again."""

    def __init__(self, port: int, key: str, number: int) -> None:
        self.port = port
        auth = base64.b64encode(f"{key}:".encode()).decode()
        self.requests = []
        for text in (body(number * 10 + index) for index in range(10)):
            head = (
                f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {auth}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
            )
            self.requests.append(head.encode() + text)

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, until: float) -> list[float]:
        """Send until then, each after the answer to the last; the seconds each took."""
        times: list[float] = []
        began = time.perf_counter()
        while began < until:
            self.writer.write(self.requests[len(times) % len(self.requests)])
            head = await self.reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"The server refused: {head.decode()}")
            length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
            await self.reader.readexactly(int(length))
            ended = time.perf_counter()
            times.append(ended - began)
            began = ended
        return times


async def load(senders: list[Sender], seconds: float) -> Run:
    """Load one server for so long."""
    began = time.perf_counter()
    times = await asyncio.gather(*(sender.send(began + seconds) for sender in senders))
    spent = time.perf_counter() - began
    ordered = sorted(itertools.chain.from_iterable(times))
    return Run(
        len(ordered) * EVENTS / spent,
        1000 * statistics.median(ordered),
        1000 * ordered[int(len(ordered) * 0.99)],
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path) -> dict[str, str]:
    """A fresh installation's."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    return {
        **given,
        "TENURE_HOME": str(home),
        "TENURE_SECRET_KEY": "bench",
        "TENURE_INBOX_LIMIT": "1000000000",
        "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
        "PEER_PATH": str(home / "peer.sqlite3"),
        "PYTHONPATH": str(HERE),
    }


@contextmanager
def server(target: str, env: dict[str, str]) -> Iterator[int]:
    """The port of a running server; both sides are served alike."""
    port = _free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--no-log"]
    process = subprocess.Popen(
        [*granian, "--port", str(port), target], env=env, cwd=HERE, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(port: int) -> None:
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


async def compare(ports: dict[str, int], key: str, rounds: int, seconds: float) -> Runs:
    """Load the sides in turn, each first every other round; the first, short round warms up."""
    senders = {
        side: [Sender(port, key, number) for number in range(CONNECTIONS)]
        for side, port in ports.items()
    }
    await asyncio.gather(*(sender.connect() for both in senders.values() for sender in both))
    runs: Runs = {side: [] for side in ports}
    for side in ports:
        await load(senders[side], 0.5)
    for number in range(rounds):
        for side in sorted(ports, reverse=number % 2 == 1):
            run = await load(senders[side], seconds)
            runs[side].append(run)
            figures = f"{run.events_per_second:>10,.0f} {run.p50_ms:>8.1f} {run.p99_ms:>8.1f}"
            print(f"{number + 1:>5} {side:<5} {figures}", flush=True)
    return runs


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    print(f"{'round':>5} {'side':<5} {'events/s':>10} {'p50 ms':>8} {'p99 ms':>8}")
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as folder:
        env = environment(Path(folder))
        key = subprocess.check_output([sys.executable, "-c", PREPARE], env=env, text=True).strip()
        with (
            server("tenure.config.asgi:application", env) as door,
            server("intake_peer:application", env) as peer,
        ):
            runs = asyncio.run(compare({"door": door, "peer": peer}, key, rounds, seconds))
    pairs = zip(runs["door"], runs["peer"], strict=True)
    ratio = statistics.median(d.events_per_second / p.events_per_second for d, p in pairs)
    p99 = statistics.median(run.p99_ms for run in runs["door"])
    print(
        f"INTAKE: {ratio:.2f} of the peer's events/s, p99 {p99:.0f} ms "
        f"(bar: >= {RATIO_BAR:.2f}, < {P99_BAR_MS:.0f} ms)"
    )
    return 0 if ratio >= RATIO_BAR and p99 < P99_BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
