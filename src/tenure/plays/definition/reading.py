"""A whole play, from its stored form to frozen dataclasses; all faults at once, in sentences."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenure.core.errors import InvalidDefinition
from tenure.engine.uplift.assumed import Prior
from tenure.plays.definition.part import Part
from tenure.plays.definition.shape import Definition, Limits, Quiet
from tenure.plays.definition.steps import Steps
from tenure.plays.definition.texts import fault_of
from tenure.plays.definition.triggers import trigger_of
from tenure.segments.conditions import Fields

CATEGORIES = {
    "onboarding": _lazy("Onboarding"),
    "adoption": _lazy("Adoption"),
    "risk": _lazy("Risk"),
    "renewal": _lazy("Renewal"),
    "growth": _lazy("Growth"),
    "relationship": _lazy("Relationship"),
    "winback": _lazy("Winning back"),
}
PARTS = (
    "title", "goal", "category", "audience", "trigger", "steps", "leave", "automatic", "hold_out",
    "priority", "limits", "quiet", "skills", "prior",
)  # fmt: skip
"""Every part of a play, in the order in which it is written."""
INNER = {
    "limits": ("again", "day", "person", "patience"),
    "quiet": ("from", "to", "weekends"),
    "prior": ("mean", "sd", "source"),
}
"""Part → what it is made of."""
TITLE, GOAL, SKILL, SOURCE = 120, 500, 60, 500
MOST_SKILLS, MOST_FAULTS = 20, 50
MOST_HELD_OUT = 0.5
LONGEST = 3650
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def parse(key: str, body: object, known: Fields | None = None) -> Definition:
    """The play a body describes; `known`: the metrics and own fields there are, to check rules.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    faults: list[str] = [] if isinstance(key, str) and KEY.fullmatch(key) else [_key_fault(key)]
    part = Part(body, _("The play"), faults, known)
    made = None if part.broken else _whole(key, part)
    if faults or made is None:
        more = len(faults) - MOST_FAULTS
        if more > 0:
            rest = _("There are %(n)d faults more; mend these first.") % {"n": more}
            faults = [*faults[:MOST_FAULTS], rest]
        raise InvalidDefinition(faults)
    return made


def _key_fault(key: object) -> str:
    return _(
        "%(key)s cannot be a play's key; use small letters, digits, underscores and hyphens, "
        "at most 80."
    ) % {"key": repr(key)[:TITLE]}


def _whole(key: str, part: Part) -> Definition | None:
    part.only(*PARTS)
    trigger = None
    if part.needed("trigger"):
        trigger_part = part.inner("trigger")
        trigger = None if trigger_part.broken else trigger_of(trigger_part, part.there("audience"))
    steps = Steps(part.faults, part.known).read(part.body.get("steps"))
    if part.body.get("steps") == []:
        part.fault(_lazy("%(where)s needs at least one step; add one."))
    title, goal = part.words("title", TITLE), part.words("goal", GOAL)
    category = part.choice("category", CATEGORIES)
    rest = {
        "audience": part.rule("audience"),
        "leave": part.rule("leave", running=True),
        "automatic": part.flag("automatic", True),
        "share": part.number("hold_out", Definition.share, 0, MOST_HELD_OUT),
        "priority": part.whole("priority", Definition.priority, 0, 100),
        "limits": _limits(part.inner("limits", {})),
        "quiet": _quiet(part.inner("quiet", {})),
        "skills": _skills(part),
        "prior": _prior(part.inner("prior")) if part.there("prior") else None,
    }
    if part.faults or trigger is None:
        return None
    return Definition(key, title, goal, category, trigger, steps, **rest)  # type: ignore[arg-type]


def _limits(part: Part) -> Limits:
    part.only(*INNER["limits"])
    return Limits(
        again=part.whole("again", Limits.again, 0, LONGEST),
        day=part.whole("day", Limits.day, 1, 10_000),
        person=part.whole("person", Limits.person, 0, LONGEST),
        patience=part.whole("patience", Limits.patience, 1, LONGEST),
    )


def _quiet(part: Part) -> Quiet:
    part.only(*INNER["quiet"])
    return Quiet(
        start=part.whole("from", Quiet.start, 0, 23),
        end=part.whole("to", Quiet.end, 0, 23),
        weekends=part.flag("weekends", Quiet.weekends),
    )


def _skills(part: Part) -> frozenset[str]:
    found = part.list("skills", 0, MOST_SKILLS)
    for fault in filter(None, (fault_of(one, SKILL) for one in found)):
        part.fault(fault, part="skills", n=SKILL)
    return frozenset(" ".join(one.split()) for one in found if isinstance(one, str))


def _prior(part: Part) -> Prior | None:
    part.only(*INNER["prior"])
    mean = part.number("mean", None, -1, 1)
    sd = part.number("sd", None, 1e-6, 1)
    source = part.word("source", SOURCE)
    return None if part.faults else Prior(mean, sd, source)
