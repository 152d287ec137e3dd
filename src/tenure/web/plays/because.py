"""Why an account started a play, from the facts its run keeps."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.wording import listed
from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.segments.fields import fixed_or_open
from tenure.web.plays.parts import TRIGGERS
from tenure.web.plays.words import Telling
from tenure.web.templatetags.formats import day_text, number, plain, share

Facts = Mapping[str, Any]


def because_words(because: Facts, telling: Telling) -> str:
    """The reason in a sentence; of a kind that is not known, the kind."""
    kind = str(because.get("kind", ""))
    say = _SAID.get(kind)
    try:
        return say(because, telling) if say else str(TRIGGERS.get(kind, kind))
    except (KeyError, TypeError, ValueError):
        return str(TRIGGERS.get(kind, kind))


def _day(value: Any) -> str:
    return day_text(date.fromisoformat(str(value)[:10]))


def _title(key: str, telling: Telling) -> str:
    field = telling.known.get(key) or fixed_or_open(key)
    return str(field.title) if field else key


def _shown(value: Any) -> str:
    if value is None:
        return _("unknown")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return plain(value) if isinstance(value, int | float) else str(value)


def _facts(because: Facts, telling: Telling) -> str:
    return listed(
        _("%(field)s: %(value)s") % {"field": _title(key, telling), "value": _shown(value)}
        for key, value in because.get("facts", {}).items()
    )


def _enters(because: Facts, telling: Telling) -> str:
    facts = _facts(because, telling)
    if not facts:
        return _("It came to meet the rule.")
    return _("It came to meet the rule (%(facts)s).") % {"facts": facts}


def _leaves(because: Facts, telling: Telling) -> str:
    facts = _facts(because, telling)
    if not facts:
        return _("It no longer meets the rule.")
    return _("It no longer meets the rule (%(facts)s).") % {"facts": facts}


def _event(because: Facts, _telling: Telling) -> str:
    return _("Somebody did “%(event)s”.") % {"event": because["event"]}


def _date(because: Facts, telling: Telling) -> str:
    said = {"field": _title(because["field"], telling), "date": _day(because["date"])}
    return _("“%(field)s” is %(date)s.") % said


def _level(because: Facts, _telling: Telling) -> str:
    said = {"old": _label(Level, because.get("from", "")), "new": _label(Level, because["to"])}
    if not said["old"]:
        return _("It reached the level “%(new)s”.") % said
    return _("Its level went from “%(old)s” to “%(new)s”.") % said


def _health(because: Facts, _telling: Telling) -> str:
    said = {"old": _label(Band, because.get("from", "")), "new": _label(Band, because["to"])}
    if not said["old"]:
        return _("Its health became “%(new)s”.") % said
    return _("Its health went from “%(old)s” to “%(new)s”.") % said


def _label(kind: type[Level | Band], value: str) -> str:
    return str(kind(value).label) if value in kind.values else value


def _risk(because: Facts, _telling: Telling) -> str:
    months = int(because["months"])
    sentence = ngettext(
        "Its chance to leave within %(n)s month rose from %(old)s to %(new)s.",
        "Its chance to leave within %(n)s months rose from %(old)s to %(new)s.",
        months,
    )
    said = {"n": number(months), "new": share(because["to"])}
    return sentence % {**said, "old": share(because.get("from"))}


def _answer(because: Facts, _telling: Telling) -> str:
    said = {"survey": str(because["survey"]).upper(), "score": plain(because["score"])}
    return _("It answered %(survey)s with %(score)s.") % said


def _manual(because: Facts, _telling: Telling) -> str:
    why = str(because.get("because", "") or because.get("note", ""))
    return _("Started by hand: %(why)s") % {"why": why} if why else _("Started by hand.")


_SAID: dict[str, Callable[[Facts, Telling], str]] = {
    "enters": _enters,
    "leaves": _leaves,
    "event": _event,
    "date": _date,
    "level": _level,
    "health": _health,
    "risk": _risk,
    "answer": _answer,
    "manual": _manual,
}
