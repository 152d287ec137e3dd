"""The order of changes of identity, so that no stored event misses one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tenure.events.models import IdentityChange, IdentityState


@dataclass(frozen=True)
class Moved:
    """Events of an identifier or of a named account id may be attributed otherwise."""

    identifier: int | None = None
    account_ref: int | None = None
    since: datetime | None = None


def identity_position() -> int:
    """The position that all changes committed by now are at or below.

    Read it before reading anything of identity: what is committed in between comes after it.
    """
    return _number("position")


def identity_erasures() -> int:
    """How many people were erased by now."""
    return _number("erasures")


def _number(column: str) -> int:
    return IdentityState.objects.filter(pk=1).values_list(column, flat=True).first() or 0


def identity_lock() -> IdentityState:
    """Make this transaction the only one that changes identity until it ends."""
    IdentityState.objects.get_or_create(pk=1)
    return IdentityState.objects.select_for_update().get(pk=1)


def changes_log(moved: Iterable[Moved]) -> int:
    """Write down what moved, under the lock. Returns how many rows that took."""
    widest: dict[tuple[int | None, int | None], datetime | None] = {}
    for move in moved:
        key = (move.identifier, move.account_ref)
        before = widest.get(key, move.since)
        widest[key] = min(before, move.since) if before and move.since else None
    if not widest:
        return 0
    state = identity_lock()
    state.position += 1
    state.save(update_fields=["position"])
    IdentityChange.objects.bulk_create(
        [
            IdentityChange(
                position=state.position, identifier_id=identifier, account_ref_id=ref, since=since
            )
            for (identifier, ref), since in widest.items()
        ],
        batch_size=1_000,
    )
    return len(widest)
