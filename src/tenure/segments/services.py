"""Writes of segments: made, changed, shared, retired; each checks who may and is audited."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.segments.conditions import Definition, parse
from tenure.segments.evaluate import Answered, evaluate
from tenure.segments.membership import belongings_set
from tenure.segments.models import Cause, Segment, SegmentVersion
from tenure.segments.selectors.rules import body_of, fields_known, may_edit

MOST_SEGMENTS = 200


def checked(body: dict[str, Any]) -> Definition:
    """The definition a body describes, on fields that there are."""
    return parse(body, fields_known())


@transaction.atomic
def segment_create(
    *, actor: User | None, body: dict[str, Any], shared: bool = False, note: str = ""
) -> Segment:
    """Make a segment, private unless shared, and work out who belongs to it."""
    require(actor, Permission.WORK_ACCOUNTS)
    definition = checked(body)
    if (
        actor is not None
        and actor.segments.filter(retired_at__isnull=True).count() >= MOST_SEGMENTS
    ):
        raise TenureError(
            _("You have %(n)d segments already; retire some you no longer need.")
            % {"n": MOST_SEGMENTS}
        )
    segment = Segment.objects.create(
        title=definition.title, owner=actor, shared=shared, created_at=clock.now()
    )
    audit(
        actor=actor, action="segment.create", subject=segment,
        detail={"title": definition.title, "shared": shared},
    )  # fmt: skip
    _append(actor, segment, body, definition, note, Cause.START)
    return segment


@transaction.atomic
def segment_save(
    *, actor: User | None, segment: Segment, body: dict[str, Any], note: str = ""
) -> SegmentVersion:
    """Keep another version of a segment; who enters and leaves by it is worked out at once."""
    segment = _locked(actor, segment)
    definition = checked(body)
    newest = segment.versions.get(version=segment.version)
    if newest.body == body:
        return newest
    return _append(actor, segment, body, definition, note, Cause.EDIT)


@transaction.atomic
def segment_restore(*, actor: User | None, segment: Segment, version: int) -> SegmentVersion:
    """Make an old version the newest again, by appending a copy of it."""
    segment = _locked(actor, segment)
    if not segment.versions.filter(version=version).exists():
        raise TenureError(
            _("%(segment)s has no version %(n)d to restore.") % {"segment": segment, "n": version}
        )
    note = _("Version %(n)d restored") % {"n": version}
    return segment_save(actor=actor, segment=segment, body=body_of(segment, version), note=note)


@transaction.atomic
def segment_share(*, actor: User | None, segment: Segment, shared: bool) -> None:
    """Show a segment to everybody, or to its owner alone again; one without an owner stays."""
    segment = _locked(actor, segment)
    if not shared and (segment.owner_id is None or (actor and segment.owner_id != actor.pk)):
        raise TenureError(_("Only its owner can make a shared segment private again."))
    segment.shared = shared
    segment.save(update_fields=["shared"])
    audit(actor=actor, action="segment.share", subject=segment, detail={"shared": shared})


@transaction.atomic
def segment_retire(*, actor: User | None, segment: Segment) -> None:
    """Take a segment out of force: nobody belongs any more; its history and versions stay."""
    segment = _locked(actor, segment)
    segment.retired_at = clock.now()
    segment.save(update_fields=["retired_at"])
    belongings_set(segment=segment, members=(), on=clock.today(), cause=Cause.RETIRED)
    audit(actor=actor, action="segment.retire", subject=segment)


@transaction.atomic
def segment_revive(*, actor: User | None, segment: Segment) -> None:
    """Put a retired segment in force again, with those who belong today."""
    segment = _locked(actor, segment, retired=True)
    segment.retired_at = None
    segment.save(update_fields=["retired_at"])
    definition = parse(body_of(segment))
    _belong(segment, definition, Cause.EDIT)
    audit(actor=actor, action="segment.revive", subject=segment)


def preview(*, actor: User | None, body: dict[str, Any]) -> Answered:
    """Who would belong today; writes nothing, and who sees which of them is for the page."""
    require(actor, Permission.WORK_ACCOUNTS)
    return evaluate(checked(body))


def _locked(actor: User | None, segment: Segment, *, retired: bool = False) -> Segment:
    """The segment, held for a write, if the actor may change it."""
    found = Segment.objects.select_for_update().get(pk=segment.pk)
    if actor is not None and not may_edit(actor, found):
        raise NotAllowed(
            _("%(user)s may not change the segment %(segment)s; make one of your own like it.")
            % {"user": actor, "segment": found}
        )
    if (found.retired_at is not None) != retired:
        raise TenureError(
            _("%(segment)s is in force already.") % {"segment": found}
            if retired
            else _("%(segment)s is retired; put it in force again first.") % {"segment": found}
        )
    return found


def _append(
    actor: User | None,
    segment: Segment,
    body: dict[str, Any],
    definition: Definition,
    note: str,
    cause: Cause,
) -> SegmentVersion:
    segment.version += 1
    segment.title = definition.title
    segment.save(update_fields=["version", "title"])
    row = SegmentVersion.objects.create(
        segment=segment, version=segment.version, body=body, note=note[:500],
        created_at=clock.now(), created_by=actor,
    )  # fmt: skip
    audit(
        actor=actor, action="segment.save", subject=segment,
        detail={"title": definition.title, "version": segment.version},
    )  # fmt: skip
    _belong(segment, definition, cause)
    return row


def _belong(segment: Segment, definition: Definition, cause: Cause) -> None:
    members = evaluate(definition).members
    belongings_set(segment=segment, members=members, on=clock.today(), cause=cause)
