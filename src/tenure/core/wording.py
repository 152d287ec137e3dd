"""Words that are stored in English and shown in the reader's language."""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext


def told(text: str) -> str:
    """A title or description as the reader's language has it; what a person typed stays as it is.

    Shipped definitions are stored in English and translated when they are shown, so that one
    installation can be read in several languages.
    """
    return gettext(text) if text else ""


def retold(sentence: str, patterns: Sequence[str]) -> str:
    """A stored sentence in the reader's language: the first of the patterns that it was made from.

    `patterns`: messages with named parts, as "Replaced by run %(run)s."; a sentence that none of
    them made is translated as a whole, or stays as it is.
    """
    for pattern in patterns:
        if found := _matching(pattern).fullmatch(sentence):
            return gettext(pattern) % found.groupdict()
    return told(sentence)


@cache
def _matching(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", pattern)
    texts = [re.escape(piece.replace("%%", "%")) for piece in pieces[::2]]
    names = [f"(?P<{name}>.+?)" for name in pieces[1::2]]
    whole = "".join(a + b for a, b in zip(texts, [*names, ""], strict=True))
    return re.compile(whole, re.DOTALL)
