"""Versions of a definition and what changed between them."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenure.core.definition_text import body_text
from tenure.core.models import DefinitionVersion
from tenure.core.selectors import definition_history
from tenure.core.wording import told

# Notes that Tenure writes itself are stored in English, and translated when they are shown.
OWN_NOTES = (
    gettext_noop("Shipped default"),
    gettext_noop("shipped with Tenure"),
    gettext_noop("shipped"),
    gettext_noop("Example"),
)


@dataclass(frozen=True)
class Version:
    """One version; 0 is the one that comes with Tenure. `current`: the one in force."""

    number: int
    body: dict[str, Any]
    at: datetime | None
    by: str
    note: str
    retired: bool
    current: bool


@dataclass(frozen=True)
class DiffLine:
    """A line of a difference; `sign` is +, - or a blank."""

    sign: str
    text: str


def versions_of(kind: str, key: str, shipped: dict[str, Any] | None) -> list[Version]:
    """All versions, newest first, the shipped one last."""
    rows = definition_history(kind, key)
    found = [_version(row, index == 0) for index, row in enumerate(rows)]
    if shipped is not None and not any(v.body == shipped for v in found):
        note = _("comes with Tenure")
        found.append(Version(0, shipped, None, "Tenure", note, False, not found))
    return found


def _version(row: DefinitionVersion, newest: bool) -> Version:
    by = str(row.created_by) if row.created_by else _("Tenure itself")
    return Version(
        row.version,
        row.body,
        row.created_at,
        by,
        told(row.note),
        row.retired,
        newest and not row.retired,
    )


def version_before(versions: Sequence[Version], number: int) -> Version | None:
    """The version that one replaced."""
    older = [v for v in versions if v.number < number]
    return older[0] if older else None


def difference(old: dict[str, Any] | None, new: dict[str, Any]) -> list[DiffLine]:
    """The lines that went and came, with three lines around them."""
    before = body_text(old).splitlines() if old is not None else []
    lines = list(difflib.unified_diff(before, body_text(new).splitlines(), lineterm="", n=3))
    return [DiffLine(line[0], line[1:]) for line in lines[2:] if not line.startswith("@@")]
