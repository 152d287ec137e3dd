"""Letters to begin with, in the languages of the interface."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from tenure.plays.definition.shape import Words


@dataclass(frozen=True)
class Starter:
    """A letter to begin with: what it is called, its title and its text, by language."""

    key: str
    name: Words
    title: Words
    body: Words


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, in the order in which they are offered."""
    text = (Path(__file__).parent / "letters.yaml").read_text(encoding="utf-8")
    return tuple(
        Starter(key, **{part: _small(words) for part, words in parts.items()})
        for key, parts in yaml.safe_load(text).items()
    )


def _small(words: Words) -> Words:
    return {language.lower(): text for language, text in words.items()}
