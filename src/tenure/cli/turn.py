"""One process at a time: the lock of `core`, where the commands find it."""

from tenure.core.turn import turn

__all__ = ["turn"]
