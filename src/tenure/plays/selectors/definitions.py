"""What plays say, version by version, and which of them are on."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.plays.definition.reading import parse
from tenure.plays.definition.shape import Definition
from tenure.plays.library import shipped
from tenure.plays.models import Play

_log = logging.getLogger(__name__)
KIND = "play"
SHIPPED = 0
"""The number of the version that comes with Tenure, while none is saved."""


@dataclass(frozen=True)
class KnownPlay:
    """A play there is: saved, or coming with Tenure.

    Attributes:
        definition: What its newest version says; None: that version cannot be read any more.
        newest: Number of that version; `SHIPPED`: never saved.
        running: The version that accounts enter; None: off.
        comes_with: It is one that comes with Tenure, changed or not.
    """

    key: str
    definition: Definition | None
    newest: int
    running: int | None
    retired: bool
    comes_with: bool
    saved_at: datetime | None
    saved_by: User | None
    row: Play | None


@lru_cache(maxsize=512)
def _read(key: str, text: str) -> Definition:
    return parse(key, json.loads(text))


def definition_of(key: str, version: int) -> Definition:
    """What a version of a play says; version 0 is the one that comes with Tenure.

    Raises:
        TenureError: there is no such version.
        InvalidDefinition: it cannot be read.
    """
    # Read once for each text rather than for each number: a number may come again in another
    # database, a text says the same wherever it is.
    text = _texts().filter(key=key, version=version).values_list("text", flat=True).first()
    if text is None and version == SHIPPED and key in shipped():
        text = json.dumps(shipped()[key])
    if text is None:
        raise TenureError(
            _("There is no version %(version)s of the play %(key)s.")
            % {"version": version, "key": key}
        )
    return _read(key, text)


def plays_running() -> list[tuple[Play, Definition]]:
    """The plays that are on with the version accounts enter now, by priority, then by key.

    One whose version cannot be read is left out, so that the others go on; lists show it as such.
    """
    text = _texts().filter(key=OuterRef("key"), version=OuterRef("running")).values("text")
    rows = Play.objects.filter(running__isnull=False).annotate(text=Subquery(text))
    found = []
    for row in rows:
        try:
            found.append((row, _read(row.key, row.text)))
        except (InvalidDefinition, TypeError) as error:
            _log.warning("The play %s cannot be read and takes nobody in: %s", row.key, error)
    return sorted(found, key=lambda pair: (-pair[1].priority, pair[0].key))


def plays_known(*, retired: bool = False) -> list[KnownPlay]:
    """Every play in force, those never saved too, by key; with `retired`, also those taken out."""
    newest = DefinitionVersion.objects.filter(kind=KIND, key=OuterRef("key")).order_by("-version")
    stored = _texts().filter(version=Subquery(newest.values("version")[:1]))
    rows = {row.key: row for row in stored.select_related("created_by").defer("body")}
    plays = {play.key: play for play in Play.objects.select_related("switched_by")}
    keys = sorted({*rows, *shipped()})
    found = [_known(key, rows.get(key), plays.get(key)) for key in keys]
    return [one for one in found if retired or not one.retired]


def play_known(key: str) -> KnownPlay | None:
    """One play by its key, retired or not; None when there never was one."""
    row = _texts().filter(key=key).order_by("-version").select_related("created_by").first()
    if row is None and key not in shipped():
        return None
    return _known(key, row, Play.objects.filter(key=key).first())


def _known(key: str, row: Any, play: Play | None) -> KnownPlay:
    text = json.dumps(shipped()[key]) if row is None else row.text
    try:
        definition = _read(key, text)
    except InvalidDefinition:
        definition = None
    return KnownPlay(
        key=key,
        definition=definition,
        newest=SHIPPED if row is None else row.version,
        running=play.running if play else None,
        retired=row is not None and row.retired,
        comes_with=key in shipped(),
        saved_at=row.created_at if row else None,
        saved_by=row.created_by if row else None,
        row=play,
    )


def _texts() -> QuerySet[Any, Any]:
    """Versions of plays, each with its body as `text`."""
    rows = DefinitionVersion.objects.filter(kind=KIND)
    return rows.annotate(text=Cast("body", TextField()))
