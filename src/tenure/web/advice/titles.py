"""What plays are called, of many versions at once."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from django.utils.translation import get_language

from tenure.core.models import DefinitionVersion
from tenure.plays.definition.reading import TITLE
from tenure.plays.definition.shape import words_in
from tenure.plays.definition.texts import words_of
from tenure.plays.library import shipped
from tenure.plays.selectors.definitions import KIND

Titled: TypeAlias = Callable[[str, int], str]
"""Key and version of a play → its title; the key itself where there is none."""


def titled(versions: Iterable[tuple[str, int]]) -> Titled:
    """The titles of some versions of plays in the reader's language, read at once."""
    wanted = set(versions)
    language = (get_language() or "en").lower()
    rows = DefinitionVersion.objects.filter(kind=KIND, key__in={key for key, _n in wanted})
    stored = rows.values_list("key", "version", "body__title") if wanted else ()
    # A title of digits alone comes back as a number.
    found = {
        (key, version): title if isinstance(title, dict) else str(title)
        for key, version, title in stored
    }
    for key, version in wanted - found.keys():
        found[key, version] = shipped().get(key, {}).get("title", key)

    def title(key: str, version: int) -> str:
        words, _faults = words_of(found.get((key, version), key), TITLE)
        return words_in(words, language) or key

    return title
