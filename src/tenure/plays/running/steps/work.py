"""Steps that give somebody something to do: tasks, and letters to be looked at and sent."""

from typing import Any

from tenure.accounts.selectors import owner_of
from tenure.core.mail.lines import one_line
from tenure.core.models import User
from tenure.plays.definition.shape import LetterStep, TaskStep, Words
from tenure.plays.models import Run, Task
from tenure.plays.running.facts import About, language_among
from tenure.plays.running.recipients import people_in_roles
from tenure.plays.running.steps.asked import asked_of
from tenure.plays.running.steps.shape import Did, Visit, Wait, days, merged_inside
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
    """Lay the letter ready as the note of a task, addressed to the most telling of its roles."""
    doer = _doer(visit, step)
    person = next(iter(people_in_roles(visit.account, step.to, visit.now)), None)
    spoken = language_among(person.language if person else "", visit.account.language)
    about = About(visit.account, spoken, owner_of(visit.account), person)
    to = ", ".join(one_line(part) for part in (person.name, person.title) if part) if person else ""
    note = "\n\n".join(part for part in (to, merged_inside(step.body, about)) if part)
    made = _made(visit, step, doer, step.title, _read_by(doer, visit), note=note)
    return _waiting(visit, step, made)


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
    title: Words,
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
