"""Which part of a play's form a fault is about, told from the place its sentence begins with."""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from tenure.web.plays.parts import ABOUT, AUDIENCE, LEAVE, LIMITS, SECTIONS, TRIGGER, Asked

INNER = {
    TRIGGER: ("trigger",), AUDIENCE: ("audience",), LEAVE: ("leave",),
    LIMITS: ("limits", "quiet", "prior", "automatic", "hold_out", "priority", "skills"),
    ABOUT: ("title", "goal", "category"),
}  # fmt: skip


class Faults:
    """Sentences of what is wrong, each of which is shown at what it is about."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)

    def of_section(self, number: int) -> list[tuple[str, str]]:
        """The faults of a section: what follows its place, and the whole sentence."""
        play = _("The play")
        return [
            (rest, sentence)
            for sentence in self.sentences
            if sentence.startswith(play)
            and _section_named(rest := sentence.removeprefix(play)) == number
        ]

    def of_step(self, place: str) -> list[tuple[str, str]]:
        """The faults of one step, not those of steps within it."""
        start = _("Step %(place)s") % {"place": place}
        return [
            (sentence.removeprefix(start), sentence)
            for sentence in self.sentences
            if re.match(rf"{re.escape(start)}(?![\w.])", sentence)
        ]


def _section_named(rest: str) -> int:
    """The section of the first word that is the name of a part."""
    found = [
        (at.start(), number)
        for number in SECTIONS
        for name in INNER[number]
        if (at := _named(name, rest)) is not None
    ]
    return min(found)[1] if found else 0


def _named(name: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text)


def by_field(
    faults: Sequence[tuple[str, str]], asked: Sequence[Asked], stored: dict[str, str]
) -> tuple[dict[str, list[str]], list[str]]:
    """The sentences of each thing asked for, and those of the part as a whole.

    `stored`: what is asked for under another name than it is stored under.
    """
    found: dict[str, list[str]] = {}
    whole: list[str] = []
    for rest, sentence in faults:
        places = [
            (at.start(), one.name)
            for one in asked
            if (at := _named(stored.get(one.name, one.name.rpartition(".")[2]), rest)) is not None
        ]
        if places:
            found.setdefault(min(places)[1], []).append(sentence)
        else:
            whole.append(sentence)
    return found, whole
