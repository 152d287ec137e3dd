"""Sends the live messages of a demo folder through the tracking door, as an SDK would.

Every message keeps its id, so a push that is repeated or was cut short doubles nothing.
"""

import base64
import gzip
import http.client
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenure.demo.live import AHEAD

MOST_MESSAGES, MOST_BYTES = 200, 400_000  # the door takes 500 kB a batch
ATTEMPTS, LONGEST_WAIT = 8, 30.0
Report = Callable[[int, int], None]


class PushFailed(Exception):
    """The door refused the messages or stayed shut; the text says what to do."""


@dataclass(frozen=True)
class Pushed:
    """How many messages and batches were sent, and how often one had to be sent again."""

    messages: int
    batches: int
    retries: int


@dataclass(frozen=True)
class _Batch:
    ahead: int
    messages: list[dict[str, Any]]


def silent(done: int, total: int) -> None:
    """Report to nobody."""


def push(
    host: str,
    key: str,
    folder: Path,
    report: Report = silent,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    wait: Callable[[float], None] = time.sleep,
) -> Pushed:
    """Send `folder`/live/messages.jsonl to the tracking door at `host` with a tracking key.

    `host` is an address like http://127.0.0.1:8000. Raises PushFailed if the door refuses a batch
    or can't be reached after several attempts.
    """
    path = folder / "live" / "messages.jsonl"
    if not path.is_file():
        raise PushFailed(f"{path} is missing: make the demo folder first with `tenure demo`.")
    with path.open(encoding="utf-8") as lines:
        total = sum(1 for _ in lines)
    sent = batches = 0
    with closing(_Door(host, key, wait)) as door:
        for batch in _batches(path):
            at = now() + timedelta(seconds=batch.ahead)
            door.send({"batch": batch.messages, "sentAt": at.isoformat().replace("+00:00", "Z")})
            sent, batches = sent + len(batch.messages), batches + 1
            report(sent, total)
    return Pushed(sent, batches, door.retries)


def _batches(path: Path) -> Iterator[_Batch]:
    """Messages in their order; those of a device with a wrong clock travel apart, at the end."""
    apart: dict[int, list[dict[str, Any]]] = defaultdict(list)
    messages: list[dict[str, Any]] = []
    size = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if ahead := int(message.pop(AHEAD, 0)):
                apart[ahead].append(message)
                continue
            length = len(line.encode())
            if messages and (len(messages) >= MOST_MESSAGES or size + length > MOST_BYTES):
                yield _Batch(0, messages)
                messages, size = [], 0
            messages.append(message)
            size += length
    if messages:
        yield _Batch(0, messages)
    for ahead, kept in apart.items():
        for first in range(0, len(kept), MOST_MESSAGES):
            yield _Batch(ahead, kept[first : first + MOST_MESSAGES])


class _Door:
    """One kept connection to the tracking door."""

    def __init__(self, host: str, key: str, wait: Callable[[float], None]) -> None:
        address = urlsplit(host)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise PushFailed(f"{host!r} is no address: write it like http://127.0.0.1:8000.")
        maker = (
            http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = maker(address.hostname, address.port, timeout=60)
        self._path = address.path.rstrip("/") + "/v1/batch"
        self._wait = wait
        token = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        self.retries = 0

    def close(self) -> None:
        self._connection.close()

    def send(self, body: dict[str, Any]) -> None:
        """Send a batch, again after a while if the door is busy or away."""
        packed = gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 5, mtime=0)
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.retries += 1
            status, text, after = self._once(packed)
            if status == 200:
                return
            trouble = f"{status} {text}" if status else text
            if status and status != 429 and status < 500:
                raise PushFailed(f"The tracking door refused a batch ({trouble}): check the key.")
            pause = min(0.25 * 2**attempt, LONGEST_WAIT)
            self._wait(min(after, LONGEST_WAIT) if after is not None else pause)
        raise PushFailed(f"The tracking door did not answer ({trouble}): is the server running?")

    def _once(self, packed: bytes) -> tuple[int, str, float | None]:
        """Status (0: no connection), the answer's text and the seconds it asks to wait."""
        try:
            self._connection.request("POST", self._path, packed, self._headers)
            answer = self._connection.getresponse()
            text = answer.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return 0, str(error) or type(error).__name__, None
        after = answer.getheader("Retry-After") or ""
        return answer.status, text, float(after) if after.isdigit() else None
