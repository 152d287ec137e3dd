"""Taking a person out of what plays keep: their mails and letters, and what names them."""

from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from tenure.accounts.models import Membership
from tenure.core import clock
from tenure.core.insertion import rows_of
from tenure.events.store.redaction import Words
from tenure.plays.models import (
    DoNotDisturb,
    KeptDraft,
    Letter,
    Outgoing,
    PlayPreview,
    Run,
    RunStep,
    Task,
)
from tenure.plays.services.unsubscribing import wishes_keep

State = Outgoing.State
GOING = (State.WAITING, State.SENDING)


def plays_redact(words: Words, persons: set[int]) -> int:
    """Empty what was written to a person, drop what still waits, and mark where others' texts name
    them; how many texts changed. Previews, which name recipients, are worked out anew.
    """
    mails = Outgoing.objects.filter(person__in=persons)
    mails.filter(state__in=GOING).update(state=State.DROPPED, ended_at=clock.now())
    changed = mails.exclude(payload={}).update(payload={}, reason="", person=None)
    Letter.objects.filter(person__in=persons).update(person=None)
    wishes_keep(persons=persons)
    DoNotDisturb.objects.filter(person__in=persons).delete()
    PlayPreview.objects.all().delete()
    noted = sum(
        _noted(model, column, words)
        for model, column in (
            (Run, "because"),
            (RunStep, "detail"),
            (Task, "checklist"),
            (KeptDraft, "form"),
        )
    )
    return changed + noted + _others(words, persons)


def _noted(model: type[Model], column: str, words: Words) -> int:
    """What was written of them where a run began, at its steps and on checklists."""
    found = Q(pk__in=[])
    for word in words.needles:
        found |= Q(told__icontains=word)
    rows = []
    for row in rows_of(model).annotate(told=Cast(column, TextField())).filter(found).iterator(500):
        after = _without(words, getattr(row, column))
        if after != getattr(row, column):
            setattr(row, column, after)
            rows.append(row)
    rows_of(model).bulk_update(rows, [column], batch_size=200)
    return len(rows)


def _others(words: Words, persons: set[int]) -> int:
    """Mails to others of the same accounts may name the person."""
    accounts = Membership.objects.filter(person__in=persons).values("account")
    rows = []
    for row in Outgoing.objects.filter(~Q(payload={}), account__in=accounts).iterator(500):
        after = {key: _without(words, value) for key, value in row.payload.items()}
        if after != row.payload:
            row.payload = after
            rows.append(row)
    Outgoing.objects.bulk_update(rows, ["payload"], batch_size=200)
    return len(rows)


def _without(words: Words, value: object) -> object:
    if isinstance(value, str):
        return words.without(value)
    if isinstance(value, dict):
        return {key: _without(words, inner) for key, inner in value.items()}
    return [_without(words, inner) for inner in value] if isinstance(value, list) else value
