"""The ASGI application of the door: routes, keys, bodies, and 200 only after the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from django.conf import settings

from tenure.core import clock
from tenure.events.inbox import Entry, InboxUnavailable
from tenure.intake.tracking import answers, posthog, segment
from tenure.intake.tracking.answers import Answer, Refused
from tenure.intake.tracking.body import LARGEST_BATCH, inflated
from tenure.intake.tracking.keys import Keys, from_header
from tenure.intake.tracking.routes import FLAGS, ROUTES, Route
from tenure.intake.tracking.taking import Taken
from tenure.intake.tracking.writer import Writer

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A client that is still sending does not read an answer; this much is read and thrown away.
LARGEST_DISCARDED = 16 * LARGEST_BATCH
RETRY_SECONDS = 30
_TAKE = {"segment": segment.take, "posthog": posthog.take}
_log = logging.getLogger(__name__)


class _HungUp(Exception):
    """The sender went away before the request was whole."""


class TrackingApp:
    """Takes events. One object for each server process."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.writer = Writer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Refused as error:
            answer = answers.refusal(error)
        except InboxUnavailable as error:
            _log.error("%s", error)
            answer = answers.refusal(answers.unavailable("Events cannot be kept just now."))
        except _HungUp:
            return
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        await send({"type": "http.response.body", "body": answer.body})

    def start(self) -> None:
        """Open the inbox before the first request."""
        self.writer.start()

    async def stop(self) -> None:
        """Commit what waits and let go of everything."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.writer.stop)
        await loop.run_in_executor(None, self.keys.close)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path = scope["path"].rstrip("/")
        headers = _headers(scope)
        if scope["method"] == "OPTIONS":
            return answers.preflight(headers.get(b"access-control-request-headers", b""))
        if path in FLAGS or path.startswith("/array/"):
            await _read(receive, headers)
            return answers.NO_FLAGS
        route = ROUTES.get(path)
        if route is None:
            raise answers.not_found()
        if scope["method"] != "POST":
            raise answers.method_not_allowed()
        await self._take(route, headers, receive)
        return answers.TAKEN

    async def _take(self, route: Route, headers: dict[bytes, bytes], receive: Receive) -> None:
        body = await _read(receive, headers)
        key = from_header(headers.get(b"authorization", b""))
        key_id = None if key is None else await self.keys.check(key)
        if self.writer.full(settings.INBOX_LIMIT):
            raise answers.slow_down(RETRY_SECONDS)
        received_at = clock.now()
        text = inflated(body, headers.get(b"content-encoding", b""))
        taken = _TAKE[route.dialect](route.call, text, received_at)
        if key is None or key_id is None:
            key = taken.key or ""
            key_id = await self.keys.check(key)
        # The key is a secret; the inbox is a file.
        payload = taken.payload.replace(key.encode(), b"-")
        if taken.n_events or taken.rejects:
            await self.writer.commit(
                Entry(
                    dialect=route.dialect,
                    call=route.call,
                    payload=payload,
                    key_id=key_id,
                    received_at=received_at,
                    n_events=taken.n_events,
                    rejects=taken.rejects,
                )
            )
        _refuse_lone_reject(route, taken)


def _refuse_lone_reject(route: Route, taken: Taken) -> None:
    """A single event that was not taken is an error for its sender, besides being on record."""
    if route.single and taken.rejects and not taken.n_events:
        reject = taken.rejects[0]
        raise answers.invalid(
            f"{reject.column}: {reject.reason}" if reject.column else reject.reason
        )


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


async def _read(receive: Receive, headers: dict[bytes, bytes]) -> bytes:
    """The body as sent; raises 413 as soon as it is too large."""
    size = 0
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _HungUp
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BATCH:
            chunks.append(chunk)
        elif size > LARGEST_DISCARDED:
            break
        more = message.get("more_body", False)
    if size > LARGEST_BATCH:
        raise answers.too_large(LARGEST_BATCH)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
