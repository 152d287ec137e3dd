"""What the tracking door is measured against: an ASGI application that does as little as it can.

It reads the body, validates the same structs with msgspec, and answers after a group commit into
SQLite with the same durability. No keys, limits, compression, clock or rejects.
"""

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tenure.events.inbox.segment import Batch

_read = msgspec.json.Decoder(Batch).decode
_arrived: queue.SimpleQueue[tuple[int, bytes, asyncio.Future[None]]] = queue.SimpleQueue()
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"16")]


def _write() -> None:
    connection = sqlite3.connect(os.environ["PEER_PATH"], isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY, n, payload)")
    while True:
        group = [_arrived.get()]
        while not _arrived.empty() and len(group) < 500:
            group.append(_arrived.get_nowait())
        values = [value for n, body, _ in group for value in (n, body)]
        places = ", ".join(["(?, ?)"] * len(group))
        connection.execute(f"INSERT INTO inbox (n, payload) VALUES {places}", values)
        futures = [future for *_, future in group]
        futures[0].get_loop().call_soon_threadsafe(_resolve, futures)


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    if scope["type"] == "lifespan":
        await receive()
        threading.Thread(target=_write, daemon=True).start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"".join(chunks)
    batch = _read(body)
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _arrived.put((len(batch.batch), body, future))
    await future
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b'{"success":true}'})
