"""The steps of a play as a numbered outline that reads as sentences."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.plays.definition.shape import (
    ApproveStep,
    BranchStep,
    Definition,
    LetterStep,
    MailStep,
    SendStep,
    SetStep,
    StartStep,
    Step,
    TaskStep,
    WaitStep,
)
from tenure.web.plays.choices import DECIDERS
from tenure.web.plays.parts import ICONS, KINDS
from tenure.web.plays.words import (
    Telling,
    hours_counted,
    hours_text,
    roles_words,
    text_of,
    who_words,
)
from tenure.web.templatetags.formats import number


@dataclass(frozen=True)
class Told:
    """A step in words. `place`: how it is counted, as "2.1"; `checks`: things of a list.

    `key`: of a step that starts another play, that play.
    """

    place: str
    kind: str
    title: str
    facts: tuple[str, ...] = ()
    text: str = ""
    checks: tuple[str, ...] = ()
    then: tuple["Told", ...] = ()
    otherwise: tuple["Told", ...] = ()
    key: str = ""

    @property
    def name(self) -> str:
        return str(KINDS[self.kind])

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


def outline(definition: Definition, telling: Telling) -> tuple[Told, ...]:
    """Every step, those of branches within them; places are those of `definition.program`."""
    return _told(definition.steps, "", telling)


def flat(steps: tuple[Told, ...]) -> Iterator[Told]:
    """Every step of an outline, in the order of running numbers."""
    for step in steps:
        yield step
        yield from flat(step.then)
        yield from flat(step.otherwise)


def _told(steps: tuple[Step, ...], above: str, telling: Telling) -> tuple[Told, ...]:
    return tuple(_one(step, f"{above}{at}", telling) for at, step in enumerate(steps, start=1))


def _one(step: Step, place: str, telling: Telling) -> Told:
    if isinstance(step, BranchStep):
        return Told(
            place, "branch", _("If %(rule)s") % {"rule": telling.rule(step.when)},
            then=_told(step.then, f"{place}.", telling),
            otherwise=_told(step.otherwise, f"{place}b.", telling),
        )  # fmt: skip
    return _TOLD[step.kind](step, place, telling)


def _done_by(step: TaskStep | LetterStep) -> tuple[str, ...]:
    return (
        _("by %(who)s") % {"who": who_words(step.who)},
        ngettext("due after %(n)s day", "due after %(n)s days", step.days)
        % {"n": number(step.days)},
        _waits(step.wait),
        ngettext("%(hours)s hour of work", "%(hours)s hours of work", hours_counted(step.hours))
        % {"hours": hours_text(step.hours)},
    )


def _waits(days: int) -> str:
    if not days:
        return _("goes on at once")
    sentence = ngettext(
        "goes on without it after %(n)s day", "goes on without it after %(n)s days", days
    )
    return sentence % {"n": number(days)}


def _task(step: TaskStep, place: str, _telling: Telling) -> Told:
    checks = tuple(text_of(one) for one in step.checklist)
    return Told(place, "task", text_of(step.title), _done_by(step), text_of(step.note), checks)


def _mail(step: MailStep, place: str, _telling: Telling) -> Told:
    to = ngettext(
        "to at most %(n)s person who is: %(roles)s",
        "to at most %(n)s people who are: %(roles)s",
        step.most,
    ) % {"n": number(step.most), "roles": roles_words(step.to)}
    return Told(place, "mail", text_of(step.subject), (to,), text_of(step.body))


def _letter(step: LetterStep, place: str, _telling: Telling) -> Told:
    facts = (_("to: %(roles)s") % {"roles": roles_words(step.to)}, *_done_by(step))
    return Told(place, "letter", text_of(step.title), facts, text_of(step.body))


def _wait(step: WaitStep, place: str, telling: Telling) -> Told:
    said = {"n": number(step.days)}
    if step.until is None:
        return Told(place, "wait", ngettext("%(n)s day", "%(n)s days", step.days) % said)
    most = ngettext("at most %(n)s day", "at most %(n)s days", step.days) % said
    return Told(place, "wait", _("until %(rule)s") % {"rule": telling.rule(step.until)}, (most,))


def _approve(step: ApproveStep, place: str, _telling: Telling) -> Told:
    who = _("decided by %(who)s") % {"who": DECIDERS.get(step.role, step.role)}
    days = ngettext("within %(n)s day", "within %(n)s days", step.days) % {"n": number(step.days)}
    late = _("else the play goes on") if step.go_on else _("else the play ends")
    return Told(place, "approve", text_of(step.question), (who, days, late))


def _set(step: SetStep, place: str, _telling: Telling) -> Told:
    if step.what == "owner":
        title = _("The owner becomes %(who)s") % {"who": who_words(step.value)}
    else:
        title = _("“%(field)s” becomes “%(value)s”") % {"field": step.what, "value": step.value}
    return Told(place, "set", title)


def _send(step: SendStep, place: str, _telling: Telling) -> Told:
    title = _("through the channel “%(name)s”") % {"name": step.channel}
    return Told(place, step.kind, title, text=text_of(step.text))


def _start(step: StartStep, place: str, _telling: Telling) -> Told:
    return Told(place, "play", _("the play “%(key)s”") % {"key": step.play}, key=step.play)


def _stop(_step: Step, place: str, _telling: Telling) -> Told:
    return Told(place, "stop", _("The play ends here"))


_TOLD: dict[str, Callable[[Any, str, Telling], Told]] = {
    "task": _task,
    "mail": _mail,
    "letter": _letter,
    "wait": _wait,
    "approve": _approve,
    "set": _set,
    "webhook": _send,
    "chat": _send,
    "play": _start,
    "stop": _stop,
}
