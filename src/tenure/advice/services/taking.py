"""Taking a suggestion: its play begins for the account, as proposed or with changes."""

from datetime import date
from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.selectors import owner_of
from tenure.advice.models import TAKEN, State, Suggestion, SuggestionChange
from tenure.advice.services import rules
from tenure.advice.services.pool import suggestion_given
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.plays.definition.shape import Definition, LetterStep, TaskStep, words_in
from tenure.plays.models import Play, Run, Task
from tenure.plays.running.facts import About, language_among
from tenure.plays.running.steps.shape import merged_inside
from tenure.plays.selectors import definition_of
from tenure.plays.services.runs import run_start_by_hand
from tenure.plays.services.tasks import task_create

What = SuggestionChange.What
LATEST = date(2100, 1, 1)


@transaction.atomic
def suggestion_accept(*, actor: User, suggestion: Suggestion) -> Suggestion:
    """Begin the play as it is proposed; its work lands with the person. Twice is once."""
    row = rules.locked(suggestion)
    return _taken(actor, row, State.ACCEPTED, What.ACCEPTED)


@transaction.atomic
def suggestion_edit(
    *,
    actor: User,
    suggestion: Suggestion,
    hours: float | None = None,
    day: date | None = None,
    person: User | None = None,
) -> Suggestion:
    """Begin the play with other hours, on another day, or by another person."""
    row = rules.locked(suggestion)
    if row.state in TAKEN:
        return row
    if hours is not None:
        if not (isfinite(hours) and rules.LEAST <= hours <= rules.MOST):
            raise TenureError(_("Give the hours it takes: more than 0, and at most 80."))
        row.hours = hours
    if day is not None:
        if not clock.today() <= day < LATEST:
            raise TenureError(_("Choose today or a day to come."))
        row.day = day
    if person is not None and person.pk != row.person_id:
        if not row.pooled:
            rules.doer_for(row.account, person)
        row.person = person
    return _taken(actor, row, State.EDITED, What.EDITED)


def _taken(actor: User, row: Suggestion, state: State, what: str) -> Suggestion:
    if row.pooled:
        person = row.person if state == State.EDITED and row.person else actor
        if person != actor:
            rules.may_decide(actor, row)
        suggestion_given(row, actor, person, What.TAKEN if person == actor else What.GIVEN)
    rules.may_decide(actor, row)
    if row.state in TAKEN:
        return row
    rules.waits(row)
    if row.person is None:
        row.person = actor
    row.run, row.task = _begun(actor, row)
    row.state, row.snoozed_until = state, None
    row.decided_at, row.decided_by = clock.now(), actor
    return rules.kept(
        row, actor, what, run=row.run_id, task=row.task_id, hours=row.hours,
        person=row.person_id, day=row.day.isoformat() if row.day else None,
    )  # fmt: skip


def _begun(actor: User, row: Suggestion) -> tuple[Run | None, Task | None]:
    """The run of a play that is on; of one that is only suggested, a task that says what to do."""
    asked = {
        "suggestion": row.pk, "person": row.person_id, "hours": row.hours,
        "day": row.day.isoformat() if row.day else None,
    }  # fmt: skip
    if Play.objects.filter(key=row.play, running__isnull=False).exists():
        run = run_start_by_hand(actor=actor, key=row.play, account=row.account, because=asked)
        return run, None
    return None, _task(actor, row, definition_of(row.play, row.version))


def _task(actor: User, row: Suggestion, definition: Definition) -> Task:
    person = row.person or actor
    language = person.language or "en"
    about = About(row.account, language_among(language), owner_of(row.account))
    work = [one for one in definition.steps if isinstance(one, TaskStep | LetterStep)]
    return task_create(
        actor=actor,
        account=row.account,
        title=words_in(definition.title, language),
        note=words_in(definition.goal, language),
        due_on=row.day or clock.today(),
        owner=person,
        source=Task.Source.ADVICE,
        hours=row.hours,
        checklist=[merged_inside(one.title, about) for one in work],
    )
