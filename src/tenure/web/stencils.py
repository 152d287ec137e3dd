"""Pieces of a page that differ in a few words only: drawn once, then filled in for each."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

# Characters for private use: escaping leaves them as they are, and nothing of ours has them.
_GAP = re.compile("\ue000(\\w+)\ue001")


class Stencil:
    """A template drawn once with gaps, each of which is a name that the template shows."""

    def __init__(self, template: str, context: Mapping[str, Any], gaps: Sequence[str]) -> None:
        marks = {name: gap(name) for name in gaps}
        self._pieces = _GAP.split(render_to_string(template, {**marks, **context}))

    def filled(self, **words: str | int) -> SafeString:
        """With words in all gaps, escaped as a template would."""
        shown = {
            name: word if isinstance(word, SafeString) else conditional_escape(str(word))
            for name, word in words.items()
        }
        pieces = list(self._pieces)
        pieces[1::2] = [shown[name] for name in pieces[1::2]]
        return mark_safe("".join(pieces))  # noqa: S308 - drawn by a template, the rest escaped


def gap(name: str) -> str:
    """How a gap stands in what a context gives, as within an address."""
    return f"\ue000{name}\ue001"
