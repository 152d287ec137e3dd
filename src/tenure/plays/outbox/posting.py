"""One POST to an address outside, to the address that was looked at and no other.

Redirects are not followed, no proxy is taken from the environment, and neither a slow nor an
endless answer holds the worker for longer than `ENTIRE`.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenure.plays.outbox.reach import Target

SECONDS = 10.0
ENTIRE = 20.0
MOST_READ = 64 * 1024


class Unreached(Exception):
    """No connection came about, so nothing was handed over."""


class Broken(Exception):
    """The connection broke after it had begun; the other side may have it."""


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    reason: str


class _Connection(http.client.HTTPConnection):
    """Connects to a given address; the name is kept for the header and the certificate."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target
        self.raw: socket.socket | None = None

    def connect(self) -> None:
        """Open the connection to the first address that answers."""
        until = time.monotonic() + SECONDS
        last: OSError = OSError("no address")
        for address in self._target.addresses:
            try:
                left = max(until - time.monotonic(), 0.1)
                self.sock = socket.create_connection((address, self.port), left)
                break
            except OSError as error:
                last = error
        else:
            raise last
        self.sock.settimeout(SECONDS)
        self.raw = self.sock.dup()
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body; what was answered. Raises `Unreached` or `Broken`."""
    connection = _Connection(target)
    with _ended_in_time(connection):
        try:
            connection.connect()
        except (OSError, ssl.SSLError) as error:
            raise Unreached(f"{type(error).__name__}: {error}") from error
        try:
            connection.request("POST", target.path, body, dict(headers))
            answer = connection.getresponse()
            answer.read(MOST_READ)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Broken(f"{type(error).__name__}: {error}") from error
        return Answer(answer.status, answer.reason)


@contextlib.contextmanager
def _ended_in_time(connection: _Connection) -> Iterator[None]:
    """Cut the connection when its time is over, whatever is going on with it."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            if connection.raw is not None:
                connection.raw.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(ENTIRE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with contextlib.suppress(OSError):
            connection.close()
        if connection.raw is not None:
            connection.raw.close()
