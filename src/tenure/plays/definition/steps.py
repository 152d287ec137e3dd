"""The steps of a play, from their stored form."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenure.accounts.models import PersonRole
from tenure.plays.definition.part import Part, Places
from tenure.plays.definition.shape import (
    ApproveStep,
    BranchStep,
    LetterStep,
    MailStep,
    SendStep,
    SetStep,
    StartStep,
    Step,
    StopStep,
    TaskStep,
    WaitStep,
    Who,
)
from tenure.segments.conditions import Fields

MOST_STEPS, MOST_LEVELS = 60, 4
TITLE, NOTE, BODY, LETTER, CHAT, QUESTION, NAME, VALUE = (
    200,
    5000,
    10_000,
    20_000,
    2000,
    300,
    80,
    200,
)
MOST_CHECKS, MOST_PEOPLE, LONGEST_DAYS, MOST_HOURS = 20, 5, 730, 100
ROLES = tuple(PersonRole.values)
DECIDERS = ("leader", "admin")
OWNER = "owner"
ANYBODY = ("owner", "leader", "pool")
PARTS = {
    "task": ("title", "note", "checklist", "who", "days", "wait", "hours"),
    "mail": ("to", "most", "subject", "body"),
    "letter": ("to", "title", "body", "who", "days", "wait", "hours"),
    "wait": ("days", "until"),
    "branch": ("when", "then", "otherwise"),
    "approve": ("question", "role", "days", "go_on"),
    "set": ("owner", "field", "to"),
    "webhook": ("channel",),
    "chat": ("channel", "text"),
    "play": ("start",),
    "stop": (),
}
"""Kind of step → its parts."""
_WHO = _lazy(
    "%(where)s: %(part)s must be owner, leader, pool or the e-mail address of a user, "
    "not %(given)s."
)
_ONE_KIND = _lazy("%(where)s must be exactly one of %(kinds)s, with its parts.")


class Steps:
    """Reads steps and counts them, so that no play grows beyond what anybody can follow."""

    def __init__(self, faults: list[str], known: Fields | None) -> None:
        self.faults, self.known, self.count = faults, known, 0

    def read(self, body: object, above: str = "", level: int = 0) -> tuple[Step, ...]:
        """Steps of one way; `above`: the place of the branch they belong to, as "2."."""
        where = _("Step %(place)s") % {"place": above.rstrip(".")} if above else _("The play")
        if level and (body is None or body == []):
            return ()
        if not isinstance(body, list):
            self._fault(_lazy("%(where)s needs a list of steps."), where)
            return ()
        if level > MOST_LEVELS:
            said = _lazy("%(where)s: branches may lie %(n)d deep; take one out.")
            self._fault(said, where, n=MOST_LEVELS)
            return ()
        before = self.count
        self.count += len(body)
        if before <= MOST_STEPS < self.count:
            said = _lazy("%(where)s: a play has at most %(n)d steps; split it into two.")
            self._fault(said, where, n=MOST_STEPS)
        if self.count > MOST_STEPS:
            return ()
        found = [self._step(one, f"{above}{at}", level) for at, one in enumerate(body, start=1)]
        return tuple(step for step in found if step is not None)

    def _fault(self, sentence: Promise, where: str, **said: Any) -> None:
        self.faults.append(str(sentence) % {"where": where, **said})

    def _step(self, body: object, place: str, level: int) -> Step | None:
        where = _("Step %(place)s") % {"place": place}
        kinds = list(body) if isinstance(body, Mapping) else []
        if len(kinds) != 1 or kinds[0] not in PARTS:
            self._fault(_ONE_KIND, where, kinds=", ".join(PARTS))
            return None
        kind = kinds[0]
        values = {} if kind == "stop" and body[kind] is None else body[kind]  # type: ignore[index]
        part = Part(values, _("%(where)s (%(kind)s)") % {"where": where, "kind": kind},
                    self.faults, self.known)  # fmt: skip
        if part.broken:
            return None
        if kind != "set":
            part.only(*PARTS[kind])
        return self._branch(part, place, level) if kind == "branch" else _READ[kind](part)

    def _branch(self, part: Part, place: str, level: int) -> Step | None:
        when = part.rule("when", running=True) if part.needed("when") else None
        then, other = (part.body.get(name) for name in ("then", "otherwise"))
        if not then and not other:
            part.fault(_lazy("%(where)s needs steps in then or in otherwise."))
        ways = self.read(then, f"{place}.", level + 1), self.read(other, f"{place}b.", level + 1)
        return BranchStep(when, *ways) if when is not None else None


def who_of(part: Part, name: str, usual: Who | None = OWNER) -> Who:
    """Who is to do something."""
    who = part.word(name, 254, usual)
    local, at, domain = who.partition("@")
    mail = bool(at and local and "." in domain and " " not in who and "@" not in domain)
    if who and who not in ANYBODY and not mail:
        part.fault(_WHO, part=name, given=who)
    return who.lower() if mail else who


def _task(part: Part) -> Step:
    return TaskStep(
        title=part.words("title", TITLE, places=Places.INSIDE),
        note=part.words("note", NOTE, needed=False, places=Places.INSIDE),
        checklist=tuple(
            part.text(one, "checklist", TITLE, places=Places.INSIDE)
            for one in part.list("checklist", 0, MOST_CHECKS)
        ),
        who=who_of(part, "who"),
        days=part.whole("days", TaskStep.days, 0, LONGEST_DAYS),
        wait=part.whole("wait", TaskStep.wait, 0, LONGEST_DAYS),
        hours=part.number("hours", TaskStep.hours, 0, MOST_HOURS),
    )


def _mail(part: Part) -> Step:
    return MailStep(
        to=part.choices("to", ROLES, 1),
        subject=part.words("subject", TITLE, places=Places.TO_SOMEBODY),
        body=part.words("body", BODY, places=Places.TO_SOMEBODY),
        most=part.whole("most", MailStep.most, 1, MOST_PEOPLE),
    )


def _letter(part: Part) -> Step:
    return LetterStep(
        to=part.choices("to", ROLES, 1),
        title=part.words("title", TITLE, places=Places.TO_SOMEBODY),
        body=part.words("body", LETTER, places=Places.TO_SOMEBODY),
        who=who_of(part, "who"),
        days=part.whole("days", LetterStep.days, 0, LONGEST_DAYS),
        wait=part.whole("wait", LetterStep.wait, 0, LONGEST_DAYS),
        hours=part.number("hours", LetterStep.hours, 0, MOST_HOURS),
    )


def _wait(part: Part) -> Step:
    return WaitStep(part.whole("days", None, 1, LONGEST_DAYS), part.rule("until", running=True))


def _approve(part: Part) -> Step:
    return ApproveStep(
        question=part.words("question", QUESTION),
        role=part.choice("role", DECIDERS, ApproveStep.role),
        days=part.whole("days", ApproveStep.days, 1, LONGEST_DAYS),
        go_on=part.flag("go_on", ApproveStep.go_on),
    )


def _set(part: Part) -> Step:
    if OWNER in part.body:
        part.only(OWNER)
        return SetStep(OWNER, who_of(part, OWNER, None))
    part.only("field", "to")
    name = part.word("field", NAME).removeprefix("custom.")
    if name == OWNER:
        part.fault(_lazy("%(where)s: write owner: with who it shall be, instead of a field."))
    return SetStep(name, part.word("to", VALUE))


def _webhook(part: Part) -> Step:
    return SendStep("webhook", part.word("channel", NAME))


def _chat(part: Part) -> Step:
    kind: Literal["chat"] = "chat"
    return SendStep(
        kind, part.word("channel", NAME), part.words("text", CHAT, places=Places.INSIDE)
    )


def _start(part: Part) -> Step:
    return StartStep(part.word("start", NAME))


def _stop(part: Part) -> Step:
    return StopStep()


_READ = {
    "task": _task,
    "mail": _mail,
    "letter": _letter,
    "wait": _wait,
    "approve": _approve,
    "set": _set,
    "webhook": _webhook,
    "chat": _chat,
    "play": _start,
    "stop": _stop,
}
