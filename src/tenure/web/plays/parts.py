"""The parts of a play as its form asks for them: what is typed, chosen or ticked, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ABOUT, TRIGGER, AUDIENCE, LEAVE, LIMITS = 1, 2, 3, 4, 5
FIRST_FREE = 10
SECTIONS: dict[int, str] = {
    ABOUT: "about",
    TRIGGER: "trigger",
    AUDIENCE: "audience",
    LEAVE: "leave",
    LIMITS: "limits",
}

ROOTS = (TRIGGER, AUDIENCE, LEAVE)
"""Sections that have a rule."""


class Shape(StrEnum):
    """How something is asked for. A percentage is stored as a share; lines are a list of texts."""

    TEXT = "text"
    AREA = "area"
    LINES = "lines"
    NUMBER = "number"
    PERCENT = "percent"
    CHOICE = "choice"
    MANY = "many"
    YES = "yes"


@dataclass(frozen=True)
class Asked:
    """One thing a part asks for.

    Attributes:
        name: Its key in the stored part; a point leads into an inner mapping.
        words: It has a text in each language.
        start: What a new part begins with.
        among: The list it is chosen from, by name (see `choices.py`).
        only: It is asked for only while another has one of these values.
        redraws: What else is asked for hangs on it.
        wide: It takes a line of its own.
        group: What it is shown under, by name (see `GROUPS`).
    """

    name: str
    label: str | Promise
    shape: Shape = Shape.TEXT
    words: bool = False
    start: str = ""
    among: str = ""
    hint: str | Promise = ""
    only: tuple[str, tuple[str, ...]] | None = None
    redraws: bool = False
    wide: bool = False
    group: str = ""


_MERGED = _("Places as {{ account.name }} are filled in for each account.")
_WHO = Asked("who", _("Done by"), Shape.CHOICE, among="who", start="owner")
_TO = Asked("to", _("To people who are"), Shape.MANY, among="roles", start="champion")
_DAYS = Asked("days", _("Due after days"), Shape.NUMBER, start="2")
_WAIT = Asked("wait", _("Goes on without it after days (0: at once)"), Shape.NUMBER, start="14")
_HOURS = Asked("hours", _("Hours of work"), Shape.NUMBER, start="0.5")

STEPS: dict[str, tuple[Asked, ...]] = {
    "task": (
        Asked("title", _("What is to be done"), words=True),
        Asked("note", _("Note"), Shape.AREA, words=True, hint=_MERGED),
        Asked("checklist", _("Checklist, one thing a line"), Shape.LINES, words=True),
        _WHO, _DAYS, _WAIT, _HOURS,
    ),
    "mail": (
        Asked("subject", _("Subject"), words=True),
        Asked("body", _("Text"), Shape.AREA, words=True, hint=_MERGED),
        _TO,
        Asked("most", _("To how many of them at most"), Shape.NUMBER, start="1"),
    ),
    "letter": (
        Asked("title", _("What the letter is about"), words=True),
        Asked("body", _("Text"), Shape.AREA, words=True, hint=_MERGED),
        _TO, _WHO,
        Asked("days", _("Due after days"), Shape.NUMBER, start="3"),
        _WAIT,
        Asked("hours", _("Hours of work"), Shape.NUMBER, start="0.25"),
    ),
    "wait": (
        Asked("days", _("Days (with conditions: at most)"), Shape.NUMBER, start="3"),
    ),
    "branch": (),
    "approve": (
        Asked("question", _("What is asked"), words=True),
        Asked("role", _("Decided by"), Shape.CHOICE, among="deciders", start="leader"),
        Asked("days", _("Days to decide"), Shape.NUMBER, start="3"),
        Asked(
            "go_on", _("When nobody decides in time"), Shape.CHOICE, among="undecided", start="no"
        ),
    ),
    "set": (
        Asked("what", _("What is set"), Shape.CHOICE, among="settable", start="owner",
              redraws=True),
        Asked("owner", _("New owner"), Shape.CHOICE, among="who", start="pool",
              only=("what", ("owner",))),
        Asked("field", _("Name of the field"), start="stage", only=("what", ("field",))),
        Asked("to", _("Its new value"), only=("what", ("field",))),
    ),
    "webhook": (Asked("channel", _("Channel"), Shape.CHOICE, among="webhooks"),),
    "chat": (
        Asked("channel", _("Channel"), Shape.CHOICE, among="chats"),
        Asked("text", _("Message"), Shape.AREA, words=True, hint=_MERGED),
    ),
    "play": (Asked("start", _("Play to start"), Shape.CHOICE, among="plays"),),
    "stop": (),
}  # fmt: skip

KINDS: dict[str, Promise] = {
    "task": _("Task"),
    "mail": _("E-mail"),
    "letter": _("Letter"),
    "wait": pgettext_lazy("a step of a play", "Wait"),
    "branch": pgettext_lazy("a step of a play", "Branch"),
    "approve": pgettext_lazy("a step of a play", "Approval"),
    "set": pgettext_lazy("a step of a play", "Set a field"),
    "webhook": _("Webhook"),
    "chat": _("Chat message"),
    "play": pgettext_lazy("a step of a play", "Start another play"),
    "stop": pgettext_lazy("a step of a play", "End here"),
}
ICONS: dict[str, str] = {
    "task": "check", "mail": "email", "letter": "letter", "wait": "clock", "branch": "question",
    "approve": "user", "set": "change", "webhook": "out", "chat": "call", "play": "play",
    "stop": "cross",
}  # fmt: skip
RULED = frozenset({"wait", "branch"})
"""Kinds of steps that have a rule of their own."""


def _of(*kinds: str) -> tuple[str, tuple[str, ...]]:
    return ("on", kinds)


TRIGGERS: dict[str, Promise] = {
    "enters": _("An account comes to meet a rule"),
    "leaves": _("An account no longer meets a rule"),
    "event": _("Something is done in the product"),
    "date": _("A date comes near or has passed"),
    "level": _("An account reaches a level"),
    "health": _("Health becomes good, fair or poor"),
    "risk": _("The chance to leave rises above a share"),
    "answer": _("Somebody answers a survey"),
    "manual": _("Only by hand, or by the plan of the week"),
}
WITH_RULE = frozenset({"enters", "leaves"})

PARTS: dict[str, tuple[Asked, ...]] = {
    "about": (
        Asked("title", pgettext_lazy("of a text", "Title"), words=True),
        Asked("goal", _("What it is to bring about"), Shape.AREA, words=True),
        Asked("category", _("Category"), Shape.CHOICE, among="categories", start="adoption"),
    ),
    "trigger": (
        Asked("on", _("It is set off when"), Shape.CHOICE, among="triggers", start="enters",
              redraws=True, wide=True),
        Asked("event", _("Name of the event"), only=_of("event")),
        Asked("field", _("Date"), Shape.CHOICE, among="dates", start="contract.renews_at",
              only=_of("date")),
        Asked("days", _("Days"), Shape.NUMBER, start="90", only=_of("date")),
        Asked("side", _("Before or after"), Shape.CHOICE, among="sides", start="before",
              only=_of("date")),
        Asked("to", _("Level reached"), Shape.CHOICE, among="levels", start="client",
              only=_of("level")),
        Asked("from", _("Coming from"), Shape.CHOICE, among="any_level", only=_of("level")),
        Asked("to_band", _("Health reached"), Shape.CHOICE, among="bands", start="poor",
              only=_of("health")),
        Asked("from_band", _("Coming from"), Shape.CHOICE, among="any_band",
              only=_of("health")),
        Asked("months", _("To leave within months"), Shape.CHOICE, among="months", start="3",
              only=_of("risk")),
        Asked("above", _("Rises above, in %"), Shape.PERCENT, start="20", only=_of("risk")),
        Asked("survey", _("Survey"), Shape.CHOICE, among="surveys", start="nps",
              only=_of("answer")),
        Asked("lowest", _("Score from"), Shape.NUMBER, start="0", only=_of("answer")),
        Asked("highest", _("Score to"), Shape.NUMBER, start="6", only=_of("answer")),
    ),
    "audience": (
        Asked("by", _("Accounts that may have it"), Shape.CHOICE, among="audiences",
              start="all", redraws=True, wide=True),
        Asked("segment", _("Segment"), Shape.CHOICE, among="segments",
              only=("by", ("segment",)), wide=True),
    ),
    "leave": (),
    "limits": (
        Asked("automatic", _("How it starts"), Shape.CHOICE, among="starts", start="yes",
              wide=True),
        Asked("hold_out", _("Held out at random, in %"), Shape.PERCENT, start="10",
              group="drawn"),
        Asked("priority", _("Priority, 0 to 100"), Shape.NUMBER, start="50", group="drawn"),
        Asked("limits.again", _("Days before an account has it again"), Shape.NUMBER, start="90",
              group="never"),
        Asked("limits.day", _("Accounts that start on one day"), Shape.NUMBER, start="50",
              group="never"),
        Asked("limits.person", _("Days between two mails to a person"), Shape.NUMBER, start="7",
              group="never"),
        Asked("limits.patience", _("Days an account may wait for its start"), Shape.NUMBER,
              start="14", group="never"),
        Asked("quiet.from", _("Nothing is sent from, hour"), Shape.NUMBER, start="18",
              group="never"),
        Asked("quiet.to", _("until, hour"), Shape.NUMBER, start="8", group="never"),
        Asked("quiet.weekends", _("Nothing is sent on weekends"), Shape.YES, start="yes",
              group="never"),
        Asked("skills", _("Skills it takes, parted by commas"), group="believed"),
        Asked("prior.mean", _("Assumed effect, in points of %"), Shape.PERCENT, group="believed"),
        Asked("prior.sd", _("Give or take, in points of %"), Shape.PERCENT, group="believed"),
        Asked("prior.source", _("Where the belief comes from"), group="believed"),
    ),
}  # fmt: skip
GROUPS: dict[str, tuple[Promise, Promise]] = {
    "drawn": (
        _("Who goes first, and who is held out"),
        _("Of several plays that want an account, the highest priority goes first. Those held out "
          "get nothing, and show what the play does."),
    ),
    "never": (
        _("What it never exceeds"),
        _("What is held back by this is counted, and shown with the play."),
    ),
    "believed": (
        _("Skills, and what is believed of it"),
        _("The effect on twelve-month retention that is assumed until it is measured; leave it "
          "empty where nothing is known."),
    ),
}  # fmt: skip
"""Title and explanation of what is asked for together."""
ASKED: Mapping[str, tuple[Asked, ...]] = {**PARTS, **STEPS}


def asked_of(kind: str, given: Mapping[str, tuple[str, ...]]) -> list[Asked]:
    """What a part asks for, as it is filled in now."""
    return [
        one
        for one in ASKED.get(kind, ())
        if one.only is None or (given.get(one.only[0]) or ("",))[0] in one.only[1]
    ]
