"""What sets a play off, from its stored form."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _lazy

from tenure.health.models import Band
from tenure.plays.definition.part import Part
from tenure.plays.definition.shape import Trigger
from tenure.relationship.models import Level
from tenure.segments.fields import fixed_or_open
from tenure.segments.operators import Kind
from tenure.timeline.models import SurveyAnswer

EVENT, FIELD, DAYS, MONTHS = 200, 200, 730, 24
LEVELS = tuple(Level.values)
BANDS = tuple(band for band in Band.values if band != Band.UNKNOWN)
SURVEYS = tuple(SurveyAnswer.Kind.values)
PARTS = {
    "enters": ("rule",),
    "leaves": ("rule",),
    "event": ("event",),
    "date": ("field", "days"),
    "level": ("to", "from"),
    "health": ("to", "from"),
    "risk": ("months", "above"),
    "answer": ("survey", "lowest", "highest"),
    "manual": (),
}
KINDS = tuple(PARTS)
_NO_DATE = _lazy("%(where)s: %(given)s is no field that holds a date; choose one of segments.")


def trigger_of(part: Part, audience: bool) -> Trigger | None:
    """The trigger; `audience`: the play names one, which a trigger without a rule looks at."""
    kind = part.choice("on", KINDS)
    if not kind:
        return None
    part.only("on", *PARTS[kind])
    if kind in {"enters", "leaves"} and not part.there("rule") and not audience:
        part.fault(_lazy("%(where)s needs a rule, or the play an audience, to be entered or left."))
    read = _READ.get(kind)
    return Trigger(kind, rule=part.rule("rule")) if read is None else read(part, kind)


def _event(part: Part, kind: str) -> Trigger:
    return Trigger(kind, event=part.word("event", EVENT))


def _date(part: Part, kind: str) -> Trigger:
    name = part.word("field", FIELD)
    known = part.known or {}
    field = known.get(name) or fixed_or_open(name)
    if name and (field is None or (field.kind is not Kind.DATE and field.source != "custom")):
        part.fault(_NO_DATE, given=name)
    return Trigger(kind, field=name, days=part.whole("days", None, -DAYS, DAYS))


def _level(part: Part, kind: str) -> Trigger:
    words = LEVELS if kind == "level" else BANDS
    to, origin = part.choice("to", words), part.choice("from", words, "")
    if to and to == origin:
        part.fault(_lazy("%(where)s: from and to are the same; nothing would ever set it off."))
    return Trigger(kind, to=to, origin=origin)


def _risk(part: Part, kind: str) -> Trigger:
    above = part.number("above", None, 0.001, 0.999)
    return Trigger(kind, months=part.whole("months", Trigger.months, 1, MONTHS), above=above)


def _answer(part: Part, kind: str) -> Trigger:
    lowest = part.number("lowest", Trigger.lowest, 0, 10)
    highest = part.number("highest", Trigger.highest, 0, 10)
    if lowest > highest:
        part.fault(_lazy("%(where)s: lowest is above highest; no answer lies between."))
    survey = part.choice("survey", SURVEYS, Trigger.survey)
    return Trigger(kind, survey=survey, lowest=lowest, highest=highest)


_READ: dict[str, Callable[[Part, str], Trigger]] = {
    "event": _event,
    "date": _date,
    "level": _level,
    "health": _level,
    "risk": _risk,
    "answer": _answer,
}
