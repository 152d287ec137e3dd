"""Words from outside made fit for a header or a line of plain text."""

import unicodedata

# They turn the direction of what follows, so that a text reads as another.
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def one_line(text: object) -> str:
    """A text without line breaks or other control characters, so that it stays where it is put."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in str(text))
    words = "".join(c for c in kept if ord(c) not in TURNING).split(" ")
    return " ".join(word for word in words if word)
