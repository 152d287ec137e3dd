"""Writes of plays: saved, restored, retired, switched on and off; each checks who may."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit, definition_append
from tenure.plays.definition.checking import faults_of_starts, faults_to_run
from tenure.plays.definition.reading import parse
from tenure.plays.definition.shape import Definition
from tenure.plays.definition.writing import ordered, resolved
from tenure.plays.library import shipped
from tenure.plays.models import Play
from tenure.plays.selectors.definitions import KIND, SHIPPED
from tenure.segments.selectors import fields_known


@transaction.atomic
def play_save(
    *, actor: User | None, key: str, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check a play and keep it as its newest version; what is on stays on as it is.

    Rules that name a shared segment get its rule as it is now, so that a version never changes.
    """
    require(actor, Permission.EDIT_DEFINITIONS)
    made = ordered(resolved(body)) if isinstance(body, dict) else body
    _checked(key, made)
    _locked(key)
    return definition_append(actor=actor, kind=KIND, key=key, body=made, note=note[:500])


@transaction.atomic
def play_restore(*, actor: User | None, key: str, version: int) -> DefinitionVersion:
    """Make an old version the newest again, by appending a copy; 0 is the one that comes along."""
    require(actor, Permission.EDIT_DEFINITIONS)
    body = _body(key, version)
    note = _("Version %(version)s restored") % {"version": version}
    return play_save(actor=actor, key=key, body=body, note=note)


@transaction.atomic
def play_retire(*, actor: User | None, key: str) -> DefinitionVersion:
    """Switch a play off and take it out of the lists; its runs end as they would, all is kept."""
    require(actor, Permission.EDIT_DEFINITIONS)
    last = _newest(key)
    if last is not None and last.retired:
        return last
    body = last.body if last is not None else _body(key, SHIPPED)
    _switch(actor, _locked(key), None)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, retired=True)


@transaction.atomic
def play_switch_on(*, actor: User | None, key: str, version: int | None = None) -> Play:
    """Let accounts enter a version (the newest); runs that have begun stay with theirs.

    Version 0, the one that comes with Tenure, is saved first.
    """
    require(actor, Permission.EDIT_DEFINITIONS)
    last = _newest(key)
    number = version if version is not None else last.version if last else SHIPPED
    body, play = _body(key, number), _locked(key)
    last = _newest(key)  # somebody may have retired it before this had the lock
    if last is not None and last.retired:
        raise TenureError(
            _("The play %(key)s is retired; restore a version of it first.") % {"key": key}
        )
    faults = faults_to_run(_checked(key, body))
    if faults:
        raise InvalidDefinition(faults)
    if number == SHIPPED:
        number = play_save(actor=actor, key=key, body=body, note="Shipped default").version
    return _switch(actor, play, number)


@transaction.atomic
def play_switch_off(*, actor: User | None, key: str) -> Play:
    """Let no more accounts enter; runs that have begun go on to their end."""
    require(actor, Permission.EDIT_DEFINITIONS)
    if not Play.objects.filter(key=key).exists():
        raise TenureError(_("The play %(key)s was never switched on.") % {"key": key})
    return _switch(actor, _locked(key), None)


def play_checked(key: str, body: object) -> Definition:
    """The play a body describes, as saving it would check it; writes nothing."""
    return _checked(key, resolved(body) if isinstance(body, dict) else body)


def _checked(key: str, body: object) -> Definition:
    definition = parse(key, body, fields_known())
    faults = faults_of_starts(definition)
    if faults:
        raise InvalidDefinition(faults)
    return definition


def _newest(key: str) -> DefinitionVersion | None:
    rows = DefinitionVersion.objects.filter(kind=KIND, key=key)
    return rows.order_by("-version").first()


def _body(key: str, version: int) -> dict[str, Any]:
    row = DefinitionVersion.objects.filter(kind=KIND, key=key, version=version).first()
    body = row.body if row is not None else shipped().get(key) if version == SHIPPED else None
    if body is None:
        raise TenureError(
            _("There is no version %(version)s of the play %(key)s.")
            % {"version": version, "key": key}
        )
    return dict(body)


def _locked(key: str) -> Play:
    """The play's row, held until the transaction ends, so that writes of one play take turns."""
    Play.objects.get_or_create(key=key)
    return Play.objects.select_for_update().get(key=key)


def _switch(actor: User | None, play: Play, running: int | None) -> Play:
    if play.running == running:
        return play
    before, play.running = play.running, running
    play.switched_at, play.switched_by = clock.now(), actor
    play.save(update_fields=["running", "switched_at", "switched_by"])
    audit(
        actor=actor,
        action="play.switch_on" if running is not None else "play.switch_off",
        subject=play,
        detail={"key": play.key, "version": running, "before": before},
    )
    return play
