"""Words that are stored in English and shown in the reader's language."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from django.utils.translation import gettext, pgettext


def told(text: str) -> str:
    """A title or description as the reader's language has it; what a person typed stays as it is.

    Shipped definitions are stored in English and translated when they are shown, so that one
    installation can be read in several languages.
    """
    return gettext(text) if text else ""


def listed(words: Iterable[str]) -> str:
    """Several words or phrases one after another, parted as the reader's language does."""
    return pgettext("between the things of a list", ", ").join(words)


def retold(
    sentence: str, patterns: Sequence[str], shown: Callable[[str, str], str] | None = None
) -> str:
    """A stored sentence in the reader's language: the first of the patterns that it was made from.

    `patterns`: messages with named parts, as "Replaced by run %(run)s."; a sentence that none of
    them made is translated as a whole, or stays as it is. `shown`: how a part is written, by its
    name and what was stored; as it was stored when not given.
    """
    for pattern in patterns:
        if found := _matching(pattern).fullmatch(sentence):
            parts = found.groupdict()
            if shown is not None:
                parts = {name: shown(name, value) for name, value in parts.items()}
            return gettext(pattern) % parts
    return told(sentence)


@cache
def _matching(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", pattern)
    whole = re.escape(pieces[0].replace("%%", "%"))
    seen: set[str] = set()
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        whole += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
        whole += re.escape(text.replace("%%", "%"))
        seen.add(name)
    return re.compile(whole, re.DOTALL)
