"""Group commit: requests wait while one thread commits all that has come, then the next lot."""

import asyncio
import logging
import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from tenure.events import inbox
from tenure.events.inbox import Entry, InboxUnavailable

LARGEST_GROUP = 500
LARGEST_GROUP_BYTES = 16 * 1024 * 1024
LARGEST_WAITING_BYTES = 128 * 1024 * 1024
LONGEST_LINGER = 0.002
DEPTH_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    future: asyncio.Future[None]


class Writer:
    """A thread that owns this process's writing end of the inbox."""

    def __init__(self) -> None:
        self.depth = 0
        self.waiting_bytes = 0
        self._arrived: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._asked = True
        self._looked_at = -DEPTH_SECONDS
        self._linger = 0.0

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tenure-inbox", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Commit what waits, then end."""
        if self._thread is not None:
            self._arrived.put(None)
            self._thread.join()
            self._thread = None

    async def commit(self, entry: Entry) -> None:
        """Return once the entry is on disk; raises `InboxUnavailable` when it cannot be."""
        self.start()
        waiting = _Waiting(entry, asyncio.get_running_loop().create_future())
        self.waiting_bytes += len(entry.payload)
        self._asked = True
        self._arrived.put(waiting)
        try:
            await waiting.future
        finally:
            self.waiting_bytes -= len(entry.payload)

    def full(self, limit: int) -> bool:
        """Whether more events wait than may. Asking keeps the count fresh."""
        self._asked = True
        return self.depth >= limit or self.waiting_bytes >= LARGEST_WAITING_BYTES

    def _run(self) -> None:
        try:
            while True:
                group, ended = self._collect()
                if group:
                    self._commit(group)
                self._look_at_depth()
                if ended:
                    return
        finally:
            inbox.close()

    def _collect(self) -> tuple[list[_Waiting], bool]:
        """All that has come, and whether to end after it; waits a little when it is busy."""
        group: list[_Waiting] = []
        size = 0
        with suppress(queue.Empty):
            waiting = self._arrived.get(timeout=DEPTH_SECONDS)
            if self._linger and waiting is not None:
                time.sleep(self._linger)
            while waiting is not None:
                group.append(waiting)
                size += len(waiting.entry.payload)
                if len(group) >= LARGEST_GROUP or size >= LARGEST_GROUP_BYTES:
                    return group, False
                waiting = self._arrived.get_nowait()
            return group, True
        return group, False

    def _commit(self, group: list[_Waiting]) -> None:
        began = time.monotonic()
        error = _append([waiting.entry for waiting in group])
        spent = time.monotonic() - began
        self._linger = min(spent / 2, LONGEST_LINGER) if len(group) > 1 else 0.0
        if error is not None and len(group) > 1 and spent < 1:
            for waiting in group:  # one entry that the database refuses must not fail the others
                _answer([waiting], _append([waiting.entry]))
        else:
            _answer(group, error)

    def _look_at_depth(self) -> None:
        now = time.monotonic()
        if not self._asked or now - self._looked_at < DEPTH_SECONDS:
            return
        self._asked = False
        try:
            self.depth = inbox.depth()
        except InboxUnavailable:
            _log.warning("The depth of the inbox cannot be read.")
        # On a database where counting takes long, count less often.
        done = time.monotonic()
        self._looked_at = done + 20 * (done - now)


def _append(entries: list[Entry]) -> InboxUnavailable | None:
    try:
        inbox.append(entries)
    except InboxUnavailable as error:
        return error
    except Exception as error:  # noqa: BLE001 - this thread must live, and the senders must hear
        _log.exception("The inbox failed in an unforeseen way.")
        return InboxUnavailable(f"The inbox failed: {type(error).__name__}.")
    return None


def _answer(group: list[_Waiting], error: InboxUnavailable | None) -> None:
    """Wake the requests, with one call into each event loop that waits."""
    for loop in {waiting.future.get_loop() for waiting in group}:
        futures = [w.future for w in group if w.future.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: list[asyncio.Future[None]], error: InboxUnavailable | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
