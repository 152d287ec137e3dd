"""Who may send: the live keys, read anew every few seconds."""

import asyncio
import base64
import binascii
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, close_old_connections

from tenure.core import clock
from tenure.core.models import ServiceKey
from tenure.core.services import key_digest, keys_mark_used
from tenure.intake.tracking.answers import invalid_key, unavailable

FRESH_SECONDS = 2.0
UNKNOWN_SECONDS = 0.5
STALE_SECONDS = 60.0
MARK_SECONDS = 60.0


class Keys:
    """A snapshot of all live keys of the scope `track`, by digest.

    A snapshot rather than a cache of single answers: strangers cannot make it grow. A known key
    is never made to wait for the database; an unknown one waits for at most one new snapshot.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._read_at = -STALE_SECONDS
        self._marked_at = time.monotonic()
        self._used: set[int] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="tenure-keys")

    async def check(self, key: str) -> int:
        """The id of the key; raises 401, or 503 when the keys cannot be read."""
        digest = key_digest(key)
        age = time.monotonic() - self._read_at
        if age > STALE_SECONDS or (digest not in self._ids and age > UNKNOWN_SECONDS):
            await asyncio.shield(self._refresh())
        elif age > FRESH_SECONDS:
            self._refresh()
        if time.monotonic() - self._read_at > STALE_SECONDS:
            raise unavailable("The keys cannot be read just now; send this again.")
        found = self._ids.get(digest)
        if found is None:
            raise invalid_key()
        self._used.add(found)
        return found

    def _refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().create_task(self._reload())
        return self._refreshing

    async def _reload(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._ids = await loop.run_in_executor(self._threads, _live_keys)
            self._read_at = time.monotonic()
        except (DatabaseError, InterfaceError):
            return  # the old snapshot serves until it is too stale
        if self._used and time.monotonic() - self._marked_at > MARK_SECONDS:
            used, self._used, self._marked_at = self._used, set(), time.monotonic()
            loop.run_in_executor(self._threads, _mark, used)

    def close(self) -> None:
        """Note the last uses and stop."""
        if self._used:
            self._threads.submit(_mark, self._used)
        self._threads.shutdown()


def _live_keys() -> dict[str, int]:
    close_old_connections()
    live = ServiceKey.objects.filter(scope=ServiceKey.Scope.TRACK, revoked_at__isnull=True)
    return dict(live.values_list("digest", "id"))


def _mark(ids: set[int]) -> None:
    close_old_connections()
    keys_mark_used(ids=ids, at=clock.now())


def from_header(authorization: bytes) -> str | None:
    """The key of a Basic user name or a Bearer token; None without a header."""
    if not authorization:
        return None
    scheme, _, value = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip().decode("utf-8", "replace")
    if scheme.lower() != b"basic":
        raise invalid_key()
    try:
        user = base64.b64decode(value.strip(), validate=True).partition(b":")[0]
    except (binascii.Error, ValueError) as error:
        raise invalid_key() from error
    return user.decode("utf-8", "replace")
