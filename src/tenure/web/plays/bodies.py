"""Stored bodies of plays, and the keys new ones get."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify
from django.utils.translation import get_language

from tenure.core.models import DefinitionVersion
from tenure.plays.library import shipped
from tenure.plays.selectors import KnownPlay, play_known
from tenure.plays.selectors.definitions import KIND

RESERVED = frozenset({"new", "text", "import", "approvals", "runs", "outgoing"})
"""Words that addresses beside those of plays begin with."""
LONGEST_KEY = 70


def body_newest(found: KnownPlay) -> dict[str, Any]:
    """What the newest version says, in stored form."""
    return body_version(found.key, found.newest) or {}


def body_version(key: str, version: int) -> dict[str, Any] | None:
    """What a version says; 0: as it comes with Tenure. None: there is no such version."""
    row = DefinitionVersion.objects.filter(kind=KIND, key=key, version=version).first()
    if row is not None:
        return dict(row.body)
    return dict(shipped()[key]) if version == 0 and key in shipped() else None


def key_free(title: object) -> str:
    """A key that no play has, made from a title."""
    texts = list(title.values()) if isinstance(title, Mapping) else [title]
    stem = next((slug for text in texts if (slug := _slug(text))), "play")
    number, key = 1, stem
    while key in RESERVED or play_known(key) is not None:
        number += 1
        key = f"{stem}_{number}"
    return key


def _slug(text: object) -> str:
    return slugify(text if isinstance(text, str) else "").replace("-", "_")[:LONGEST_KEY].strip("_")


def language_written(body: Mapping[str, Any]) -> str:
    """The language to show texts in: the reader's if the title has it; "": that for all of them."""
    title = body.get("title")
    written = [code.lower() for code in title] if isinstance(title, Mapping) else [""]
    own = get_language() or "en"
    return next((code for code in (own, "", "en") if code in written), written[0])
