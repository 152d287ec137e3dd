"""The shapes that go into and come out of the inbox, and what each database must offer."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from tenure.core.errors import TenureError

Dialect = Literal["segment", "posthog"]


class InboxUnavailable(TenureError):
    """The disk or the database refuses; the sender keeps its events and tries again."""


def still_busy() -> InboxUnavailable:
    """A worker has held rows for longer than one waits."""
    return InboxUnavailable("A worker is still storing events; try this again in a minute.")


@dataclass(frozen=True)
class RejectedEvent:
    """One event the door could not take: its place in the batch, what was wrong and where."""

    received_at: datetime
    call: str
    index: int
    column: str
    value: str
    reason: str
    id: int = 0


@dataclass(frozen=True)
class Entry:
    """One accepted request. `payload` is its decompressed JSON, `call` the endpoint's name.

    `n_events` counts the valid ones; with none, only `rejects` are kept.
    """

    dialect: Dialect
    call: str
    payload: bytes
    key_id: int
    received_at: datetime
    n_events: int
    rejects: tuple[RejectedEvent, ...] = ()


@dataclass(frozen=True)
class InboxRow:
    """An entry as stored."""

    id: int
    dialect: Dialect
    call: str
    payload: bytes
    key_id: int
    received_at: datetime
    n_events: int

    def message_id(self, index: int) -> str:
        """The id of an event whose sender gave none; the same whenever the row is read again."""
        return f"inbox-{self.received_at.timestamp():.6f}-{self.id}-{index}"


class Inbox(Protocol):
    """What a database offers. One object per thread; `read` holds its rows until `release`."""

    def append(self, entries: Sequence[Entry]) -> None: ...

    def read(self, limit: int) -> list[InboxRow]: ...

    def ack(self, ids: Collection[int]) -> None: ...

    def release(self) -> None: ...

    def depth(self) -> int: ...

    def alone(self, seconds: float) -> AbstractContextManager[None]: ...

    def scan(self) -> Iterator[InboxRow]: ...

    def rewrite(self, changed: dict[int, bytes | None]) -> None: ...

    def shred(self) -> None: ...

    def rejects_read(self, limit: int) -> list[RejectedEvent]: ...

    def rejects_delete(self, ids: Collection[int]) -> None: ...

    def rejects_forget(self, needles: Collection[str]) -> int: ...

    def close(self) -> None: ...
