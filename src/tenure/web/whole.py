"""Whole numbers in addresses and forms, which anybody may write: endless, foreign, or none."""

from collections.abc import Iterable

LARGEST = 2**63 - 1
"""No key is larger, and no database takes more."""
PLACES = 99_999
"""Nothing in a form is numbered higher."""
LONGEST = len(str(LARGEST))


def whole(text: str | None, most: int = LARGEST) -> int | None:
    """The number written in the digits 0 to 9, from 0 to `most`; None for everything else."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > LONGEST:
        return None
    number = int(text)
    return number if number <= most else None


def wholes(texts: Iterable[str]) -> list[int]:
    """Those of some texts that are numbers, in their order."""
    return [number for text in texts if (number := whole(text)) is not None]
