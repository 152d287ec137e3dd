"""Erasing a person from every room, as the person may demand."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, Q

from tenure.accounts.models import AttributeChange, Person
from tenure.advice.models import Suggestion, SuggestionChange
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.insertion import rows_of
from tenure.core.models import User
from tenure.core.pipeline import Report, silent
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.events import inbox
from tenure.events.services import erasure_begin, erasure_finish, erasures_resume, inbox_drain
from tenure.events.store.redaction import Words
from tenure.forecast.models import RenewalCall
from tenure.intake.models import Reject
from tenure.plays.models import Approval, DoNotDisturb, Letter, Run, Task
from tenure.privacy.plays import plays_redact
from tenure.timeline.models import Outcome, Pulse, SurveyAnswer, Ticket, Touchpoint

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class ErasureResult:
    """What was removed. `persons`: the person and those merged into them."""

    persons: int
    identifiers: int
    texts: int
    inbox_rows: int
    files: int


def person_erase(*, actor: User | None, person: Person, report: Report = silent) -> ErasureResult:
    """Erase a person: ids, names, addresses, what others wrote of them, their trace in events.

    The row stays as nobody, so that counts of the past still add up. What an interruption leaves
    in files is removed by the next erasure or refresh.
    """
    require(actor, Permission.ERASE)
    if person.erased_at is not None:
        raise TenureError("This person is erased already; there is nothing left to erase.")
    _inbox_empty()
    erasures_resume()
    with transaction.atomic():
        pending = erasure_begin(person=person)
        texts = _texts_redact(Words.of(pending.words), set(pending.persons))
        _people_blank(pending.persons)
        audit(
            actor=actor,
            action="person.erase",
            subject=Person(pk=person.pk),
            detail={"persons": len(pending.persons), "texts": texts},
        )
        persons = len(pending.persons)
    done = erasure_finish(pending=pending, report=report)
    _database_shred()
    return ErasureResult(persons, done.identifiers, texts, done.inbox_rows, done.files)


def _inbox_empty() -> None:
    """Store what waits, so that it is found as the person's."""
    while inbox.depth() and inbox_drain().rows:
        pass


def _people_blank(persons: list[int]) -> None:
    now = clock.now()
    for person in Person.objects.filter(pk__in=persons):
        person.external_id = f"erased-{person.pk}"
        person.email = person.name = person.title = person.role = ""
        person.language = person.phone = ""
        person.custom = {}
        person.consent_at = person.created_at = None
        person.erased_at = now
        person.save()
    AttributeChange.objects.filter(person__in=persons).delete()


def _texts_redact(words: Words, persons: set[int]) -> int:
    """Take the person off touchpoints, tickets, answers; mark where texts name them."""
    changed = sum(
        _mark(model, columns, words)
        for model, columns in (
            (Touchpoint, ("subject", "body")),
            (Ticket, ("subject",)),
            (SurveyAnswer, ("comment",)),
            (Outcome, ("title", "metric", "target", "confirmed_by")),
            (Pulse, ("comment",)),
            (RenewalCall, ("note",)),
            (Task, ("title", "note", "reason")),
            (Letter, ("title", "body", "sent_title", "sent_body")),
            (Approval, ("question", "note")),
            (Run, ("ended_why",)),
            (Suggestion, ("words",)),
            (SuggestionChange, ("words",)),
            (DoNotDisturb, ("reason",)),
            (Reject, ("value",)),
        )
    )
    changed += plays_redact(words, persons)
    Touchpoint.people.through.objects.filter(person_id__in=persons).delete()
    Ticket.objects.filter(person__in=persons).update(person=None)
    SurveyAnswer.objects.filter(person__in=persons).update(person=None)
    return changed


def _mark(model: type[M], columns: tuple[str, ...], words: Words) -> int:
    found = Q(pk__in=[])
    for column in columns:
        for word in words.telling:
            found |= Q(**{f"{column}__icontains": word})
    rows = []
    for row in rows_of(model).filter(found).iterator(chunk_size=500):
        before = [getattr(row, column) for column in columns]
        after = [words.without(text) for text in before]
        if after != before:
            for column, text in zip(columns, after, strict=True):
                setattr(row, column, text)
            rows.append(row)
    rows_of(model).bulk_update(rows, columns, batch_size=200)
    return len(rows)


def _database_shred() -> None:
    """SQLite leaves what was deleted in free pages and in its log; write the file again.

    PostgreSQL frees such space by its own vacuum.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
