"""Steps that give somebody something to do: tasks, and letters to be looked at and sent."""

from dataclasses import replace
from typing import Any

from tenure.accounts.selectors import owner_of
from tenure.core.mail.lines import one_line
from tenure.core.models import User
from tenure.plays.definition.shape import LetterStep, TaskStep, words_in
from tenure.plays.definition.shape import Words as Texts
from tenure.plays.models import Run, Task
from tenure.plays.running.facts import About, language_among
from tenure.plays.running.recipients import people_in_roles
from tenure.plays.running.steps.asked import asked_of
from tenure.plays.running.steps.shape import Did, Visit, Wait, days, merged_inside
from tenure.plays.services.letters import Words, letter_write
from tenure.plays.services.rules import TITLE
from tenure.plays.services.tasks import task_create


def task(visit: Visit, step: TaskStep) -> Did:
    """Make the task; the run waits for it as long as the step says."""
    doer = _doer(visit, step)
    about = _read_by(doer, visit)
    checklist = [merged_inside(words, about) for words in step.checklist]
    note = merged_inside(step.note, about)
    made = _made(visit, step, doer, step.title, about, note=note, checklist=checklist)
    return _waiting(visit, step, made)


def letter(visit: Visit, step: LetterStep) -> Did:
    """Lay the letter ready for the most telling of its roles, with a task to look at it.

    Its places are filled in when somebody prints or mails it, which closes the task.
    """
    doer = _doer(visit, step)
    person = next(iter(people_in_roles(visit.account, step.to, visit.now)), None)
    spoken = language_among(person.language if person else "", visit.account.language)
    made = _made(visit, step, doer, step.title, _read_by(doer, visit))
    laid = letter_write(
        actor=None,
        account=visit.account,
        words=Words(words_in(step.title, spoken), words_in(step.body, spoken), spoken),
        person=person,
        author=doer or owner_of(visit.account),
        run=visit.run,
        task=made,
    )
    return replace(_waiting(visit, step, made), detail={"letter": laid.pk})


def _doer(visit: Visit, step: TaskStep | LetterStep) -> User | None:
    asked = asked_of(visit.run, visit.definition)
    wanted = asked.instead_of(step.who)
    return wanted or visit.turn.doers.doer(step.who, visit.account, step.hours * asked.part)


def _read_by(doer: User | None, visit: Visit) -> About:
    language = language_among(doer.language if doer else "")
    return About(visit.account, language, owner_of(visit.account))


def _made(
    visit: Visit,
    step: TaskStep | LetterStep,
    doer: User | None,
    title: Texts,
    about: About,
    **values: Any,
) -> Task:
    asked = asked_of(visit.run, visit.definition)
    return task_create(
        actor=None,
        account=visit.account,
        title=one_line(merged_inside(title, about))[:TITLE],
        due_on=asked.day or visit.turn.day + days(step.days),
        owner=doer,
        source=Task.Source.PLAY,
        hours=step.hours * asked.part,
        **values,
    )


def _waiting(visit: Visit, step: TaskStep | LetterStep, made: Task) -> Did:
    wait = Wait(Run.WaitsFor.TASK, visit.now + days(step.wait)) if step.wait else None
    return Did(task=made, wait=wait)
