"""Asking for a preview, and working it out."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import DefinitionVersion, User
from tenure.core.pipeline import Report
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.plays.definition.reading import parse
from tenure.plays.definition.writing import ordered, resolved
from tenure.plays.models import PlayPreview
from tenure.plays.preview.simulating import DAYS, preview
from tenure.plays.selectors.definitions import KIND
from tenure.plays.services.definitions import play_checked

State = PlayPreview.State
MOST_DAYS = 366
STALE = timedelta(minutes=10)
"""A preview that has not moved for so long was interrupted, and may be begun again."""
KEPT = timedelta(days=7)
_SECONDS = 1.0


def preview_ask(
    *, actor: User | None, key: str, body: Mapping[str, Any], days: int = DAYS
) -> PlayPreview:
    """Ask what a play would have done over the last days; the worker works it out.

    The same text on the same day is worked out once, whoever asks. Nothing is saved of the play.

    Raises:
        NotAllowed: the actor does not edit definitions.
        InvalidDefinition: with a sentence for each fault.
    """
    require(actor, Permission.EDIT_DEFINITIONS)
    if not 1 <= days <= MOST_DAYS:
        raise TenureError(_("A preview takes 1 to %(most)d days.") % {"most": MOST_DAYS})
    made = ordered(resolved(body)) if isinstance(body, dict) else body
    play_checked(key, made)
    version, today = _version_to_come(key, made), clock.today()
    told = json.dumps([key, version, made, today.isoformat(), days], sort_keys=True)
    digest, now = hashlib.sha256(told.encode()).hexdigest(), clock.now()
    with transaction.atomic():
        PlayPreview.objects.filter(key=key, asked_at__lt=now - KEPT).delete()
        row, fresh = PlayPreview.objects.get_or_create(
            digest=digest,
            defaults={
                "key": key, "version": version, "body": made, "until": today, "days": days,
                "total": days, "asked_by": actor, "asked_at": now, "touched_at": now,
            },
        )  # fmt: skip
        row = PlayPreview.objects.select_for_update().get(pk=row.pk)
        if fresh or _to_begin_again(row):
            row.state, row.done, row.touched_at, row.reason = State.WAITING, 0, now, ""
            row.save(update_fields=["state", "done", "touched_at", "reason"])
            audit(actor=actor, action="play.preview", subject=row, detail={"play": key})
            transaction.on_commit(lambda: _enqueue(row.pk))
    return row


def _to_begin_again(row: PlayPreview) -> bool:
    stuck = row.state != State.DONE and row.touched_at < clock.now() - STALE
    return stuck or row.state == State.FAILED


def _enqueue(key: int) -> None:
    from tenure.plays.tasks import preview_make

    preview_make.enqueue(key)


def _version_to_come(key: str, body: Mapping[str, Any]) -> int:
    """The number under which this text would run: the newest says it, or it would be saved next."""
    rows = DefinitionVersion.objects.filter(kind=KIND, key=key).order_by("-version")
    newest = rows.first()
    if newest is None:
        return 1
    return newest.version if newest.body == body else newest.version + 1


def preview_work_out(key: int) -> str:
    """Work a preview out, unless somebody does or it is gone; what became of it."""
    now = clock.now()
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, touched_at__lt=now - STALE)
    mine = PlayPreview.objects.filter(free, pk=key)
    if not mine.update(state=State.RUNNING, touched_at=now, done=0):
        return "gone"
    row = PlayPreview.objects.get(pk=key)
    try:
        definition = parse(row.key, row.body)
        found = preview(definition, row.version, row.until, row.days, _progress(row))
    except Exception as error:
        said = str(error) if isinstance(error, TenureError) else type(error).__name__
        _end(row, State.FAILED, reason=said[:500])
        if isinstance(error, TenureError):
            return "failed"
        raise
    result = {
        "first": found.first.isoformat(), "totals": found.totals.stored(),
        "rows": [one.stored() for one in found.rows],
    }  # fmt: skip
    _end(row, State.DONE, result=result, done=row.days)
    return "done"


def _end(row: PlayPreview, state: State, **values: Any) -> None:
    now = clock.now()
    PlayPreview.objects.filter(pk=row.pk).update(
        state=state, ended_at=now, touched_at=now, **values
    )


def _progress(row: PlayPreview) -> Report:
    """Write down how far it is, once a second at most."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS:
            last = time.monotonic()
            rows = PlayPreview.objects.filter(pk=row.pk)
            rows.update(done=done, total=total, touched_at=clock.now())

    return report
