"""One part of a stored play, its values taken one by one; faults are sentences with their place."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenure.core.errors import InvalidDefinition
from tenure.plays.definition.shape import Words
from tenure.plays.definition.texts import LANGUAGES, fault_of, words_of
from tenure.plays.merging import faults as faults_of_places
from tenure.segments.conditions import Fields, Group, faults_of_run, parse_rule

SHOWN = 60
REMARK = "from_segment"
"""Beside a rule that was a shared segment's when the version was saved: that segment's title."""
_NO_PART = _lazy("%(where)s has no part %(key)s; its parts are %(parts)s.")
_NEEDED = _lazy("%(where)s needs the part %(part)s; write it.")
_WHOLE = _lazy("%(where)s: %(part)s must be a whole number from %(a)s to %(b)s, not %(given)s.")
_NUMBER = _lazy("%(where)s: %(part)s must be a number from %(a)s to %(b)s, not %(given)s.")
_FLAG = _lazy("%(where)s: %(part)s must be true or false, not %(given)s.")
_CHOICE = _lazy("%(where)s: %(part)s must be one of %(words)s, not %(given)s.")
_LIST = _lazy("%(where)s: %(part)s must be a list of %(a)d to %(b)d things.")
_PLACED = _lazy("%(where)s: %(part)s: %(fault)s.")
_UNPLACED = _lazy("%(where)s: %(part)s takes no places between {{ and }}; write plain words.")
_RULE = _lazy("%(where)s, %(part)s: %(fault)s")
_SEGMENT = _lazy(
    "%(where)s, %(part)s: there is no one shared segment %(given)s; share it, or write the rule."
)


class Places(Enum):
    """Which places a text may name: none, those of the account, those of a person too."""

    NONE = 0
    INSIDE = 1
    TO_SOMEBODY = 2


class Part:
    """The values of a mapping. `where`: how faults name it; `known`: the fields there are."""

    def __init__(
        self, body: object, where: str, faults: list[str], known: Fields | None = None
    ) -> None:
        self.where, self.faults, self.known = where, faults, known
        self.body: Mapping[Any, Any] = body if isinstance(body, Mapping) else {}
        self.broken = not isinstance(body, Mapping)
        if self.broken:
            self.fault(_lazy("%(where)s must be names with values, as {days: 3}."))

    def fault(self, sentence: str | Promise, **said: Any) -> None:
        """Keep a fault of this part."""
        given = {k: repr(v)[:SHOWN] if k == "given" else v for k, v in said.items()}
        self.faults.append(str(sentence) % {"where": self.where, **given})

    def only(self, *names: str) -> None:
        """Refuse what is not among these."""
        strange = [key for key in list(self.body)[: SHOWN + len(names)] if key not in names]
        for key in strange[:SHOWN]:
            self.fault(_NO_PART, key=repr(key)[:SHOWN], parts=", ".join(names) or _("none"))

    def there(self, name: str) -> bool:
        """Whether it is said at all."""
        return self.body.get(name) is not None

    def needed(self, name: str) -> bool:
        """Whether it is said; a fault when not."""
        if not self.there(name):
            self.fault(_NEEDED, part=name)
        return self.there(name)

    def whole(self, name: str, usual: int | None, low: int, high: int) -> int:
        """A whole number within bounds; without `usual` it must be said."""
        if not self.there(name) and (usual is not None or not self.needed(name)):
            return low if usual is None else usual
        value = self.body[name]
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(_WHOLE, part=name, a=low, b=high, given=value)
        return low

    def number(self, name: str, usual: float | None, low: float, high: float) -> float:
        """A number within bounds; without `usual` it must be said."""
        if not self.there(name) and (usual is not None or not self.needed(name)):
            return low if usual is None else usual
        value = self.body[name]
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.fault(_NUMBER, part=name, a=f"{low:g}", b=f"{high:g}", given=value)
        return low

    def flag(self, name: str, usual: bool) -> bool:
        """True or false."""
        value = self.body.get(name, usual)
        if not isinstance(value, bool):
            self.fault(_FLAG, part=name, given=value)
            return usual
        return value

    def choice(self, name: str, words: Iterable[str], usual: str | None = None) -> str:
        """One of some words; without `usual` it must be said."""
        if not self.there(name) and (usual is not None or not self.needed(name)):
            return usual or ""
        value, known = self.body[name], list(words)
        if not isinstance(value, str) or value not in known:
            self.fault(_CHOICE, part=name, words=", ".join(known), given=value)
            return ""
        return value

    def word(self, name: str, longest: int, usual: str | None = None) -> str:
        """A text that is the same in every language, as a name; in one line."""
        if not self.there(name) and (usual is not None or not self.needed(name)):
            return usual or ""
        fault = fault_of(self.body[name], longest)
        if fault:
            self.fault(fault, part=name, n=longest)
            return ""
        return " ".join(self.body[name].split())

    def words(
        self, name: str, longest: int, *, needed: bool = True, places: Places = Places.NONE
    ) -> Words:
        """A text, or one for each language, and which places it may name."""
        if not self.there(name):
            if needed:
                self.needed(name)
            return {}
        return self.text(self.body[name], name, longest, places=places)

    def text(self, value: object, name: str, longest: int, *, places: Places) -> Words:
        """A text that is not a value of its own name, as one of a list."""
        words, faults = words_of(value, longest)
        for fault in faults:
            self.fault(fault, part=name, n=longest, languages=LANGUAGES)
        for text in words.values():
            if places is Places.NONE and "{{" in text:
                self.fault(_UNPLACED, part=name)
            elif places is not Places.NONE:
                for one in faults_of_places(text, person=places is Places.TO_SOMEBODY):
                    self.fault(_PLACED, part=name, fault=one)
        return words

    def list(self, name: str, low: int, high: int) -> list[Any]:
        """A list with so many things; without, when none is needed, an empty one."""
        if low == 0 and not self.there(name):
            return []
        value = self.body.get(name) if self.needed(name) else []
        if not isinstance(value, list) or not low <= len(value) <= high:
            if self.there(name):
                self.fault(_LIST, part=name, a=low, b=high)
            return []
        return value

    def choices(self, name: str, words: Collection[str], low: int) -> tuple[str, ...]:
        """Some of some words, each once."""
        found = self.list(name, low, len(words))
        for value in found:
            if not isinstance(value, str) or value not in words:
                self.fault(_CHOICE, part=name, words=", ".join(words), given=value)
                return ()
        return tuple(dict.fromkeys(found))

    def rule(self, name: str, *, running: bool = False) -> Group | None:
        """A rule as segments have them; None when nothing is said. `running`: it is asked of a
        play under way.
        """
        if not self.there(name):
            return None
        body = self.body[name]
        if isinstance(body, Mapping) and set(body) == {"segment"}:
            self.fault(_SEGMENT, part=name, given=body["segment"])
            return None
        if isinstance(body, Mapping) and REMARK in body:
            body = {key: value for key, value in body.items() if key != REMARK}
        try:
            found = parse_rule(body, self.known)
            if running or not faults_of_run(found):
                return found
            problems = faults_of_run(found)
        except InvalidDefinition as error:
            problems = error.problems
        for fault in problems:
            self.fault(_RULE, part=name, fault=fault)
        return None

    def inner(self, name: str, usual: object = None) -> "Part":
        """A mapping within it."""
        body = self.body.get(name)
        where = _("%(where)s, %(part)s") % {"where": self.where, "part": name}
        return Part(usual if body is None else body, where, self.faults, self.known)
