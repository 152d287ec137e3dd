"""Taking a person out of event properties: the words that name them become a mark."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

MARK = "[erased]"
# Shorter words stand for too many other things to be looked for in what others did.
SHORTEST = 6
# In a person's own events these are about that person, whatever they say.
_PERSONAL = """
email mail phone mobile name firstname lastname fullname username displayname address street city
zip postalcode birthday ip ipaddress useragent avatar latitude longitude location userid distinctid
anonymousid deviceid
"""
PERSONAL = frozenset(_PERSONAL.split())


@dataclass(frozen=True)
class Words:
    """What a person is called: ids, addresses, names."""

    all: frozenset[str]

    @classmethod
    def of(cls, words: Collection[str]) -> "Words":
        """Without blanks."""
        return cls(frozenset(word.strip() for word in words if word and word.strip()))

    @cached_property
    def telling(self) -> list[str]:
        """Those that mean this person wherever they occur, longest first."""
        found = [w for w in self.all if len(w) >= SHORTEST and not w.isalpha()]
        return sorted(found, key=lambda word: (-len(word), word))

    @cached_property
    def needles(self) -> list[str]:
        """The telling words as they may be spelled within JSON."""
        spelled = {json.dumps(w, ensure_ascii=a)[1:-1] for w in self.telling for a in (True, False)}
        return sorted(spelled)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.telling:
            return None
        either = "|".join(re.escape(word) for word in self.telling)
        return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.all)

    def without(self, text: str) -> str:
        """A text with the mark where it names the person."""
        return self._pattern.sub(MARK, text) if self._pattern else text

    def is_one(self, text: str) -> bool:
        """Whether the text is nothing but one of the words."""
        return text.strip().casefold() in self._folded


def redacted(properties: str | None, words: Words, *, own: bool) -> str | None:
    """JSON properties without the person. `own`: of an event the person did."""
    if properties is None:
        return None
    try:
        value = msgspec.json.decode(properties)
        left = _redacted(value, words, own)
    except (msgspec.MsgspecError, RecursionError):
        return None if own else words.without(properties)
    return msgspec.json.encode(left).decode() if left != value else properties


def _redacted(value: Any, words: Words, own: bool) -> Any:
    if isinstance(value, dict):
        return {
            words.without(key): _redacted(item, words, own)
            for key, item in value.items()
            if not (own and _plain(key) in PERSONAL)
        }
    if isinstance(value, list):
        return [_redacted(item, words, own) for item in value]
    if isinstance(value, str):
        return MARK if own and words.is_one(value) else words.without(value)
    if own and isinstance(value, int | float) and words.is_one(str(value)):
        return MARK
    return value


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())
