"""Levels of accounts, as told by the room that owns them.

Becoming a client is forecast here, and what a client is rests on the forecast: `relationship`
imports this room, so it hands its levels over through `register` when the application starts.
Without a teller there are no levels, and becoming a client is not forecast.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class LevelOn:
    """From a day on an account was, or was not, a client (or more)."""

    account: int
    day: date
    client: bool


Teller: TypeAlias = Callable[[Sequence[int]], Iterable[LevelOn]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Let a room tell the levels; the newest takes the place of the one before."""
    _tellers[:] = [teller]


def changes(accounts: Sequence[int]) -> list[LevelOn]:
    """Changes of level of some accounts, by day."""
    wanted = set(accounts)
    told = [c for teller in _tellers for c in teller(accounts) if c.account in wanted]
    return sorted(told, key=lambda change: (change.day, change.account))
