"""Definitions of segments: from stored form to frozen dataclasses, faults in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenure.core.errors import InvalidDefinition
from tenure.segments.fields import RUN, Field, fixed_or_open
from tenure.segments.given import LONGEST, READ, WANTED
from tenure.segments.operators import OPERATORS, Operator, Takes, fitting

MODES: dict[str, Promise] = {
    "all": _lazy("all of these hold"),
    "any": _lazy("at least one of these holds"),
    "none": _lazy("none of these holds"),
    "not_all": _lazy("not all of these hold"),
}
MOST = 40
WEEKS = (1, 104)
USUAL_WEEKS = 4
TITLE = 120
DESCRIPTION = 1000
_NO_MODE = _lazy("%(where)s needs exactly one of %(modes)s, with a list of conditions.")
_TOO_MANY = _lazy("%(where)s holds at most %(n)d conditions; take some away.")
Faults: TypeAlias = list[str]
Fields: TypeAlias = Mapping[str, Field]


@dataclass(frozen=True)
class Condition:
    """One comparison. `weeks` above 0: against the value so many weeks before."""

    field: Field
    operator: Operator
    given: tuple[Any, ...] = ()
    weeks: int = 0


@dataclass(frozen=True)
class Group:
    """Conditions, and at the top groups of conditions, that hold together in one of MODES."""

    mode: str
    items: "tuple[Condition | Group, ...]"

    def conditions(self) -> list[Condition]:
        """Every condition in it, those of inner groups too."""
        found: list[Condition] = []
        for item in self.items:
            found += item.conditions() if isinstance(item, Group) else [item]
        return found


@dataclass(frozen=True)
class Definition:
    """What a segment says: its title and the rule by which accounts belong."""

    title: str
    rule: Group
    description: str = field(default="")


def parse(body: object, known: Fields | None = None) -> Definition:
    """The definition a body describes; `known`: the metrics and own fields there are, to check.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    if not isinstance(body, Mapping):
        raise InvalidDefinition([_("A segment must be names with values, as `title: Large`.")])
    faults: Faults = []
    title = _text(body.get("title"), _("The title"), TITLE, faults)
    described = body.get("description", "")
    description = _text(described, _("The description"), DESCRIPTION, faults) if described else ""
    faults += [
        _("A segment has no part %(key)s; its parts are title, description and one of %(modes)s.")
        % {"key": repr(key), "modes": ", ".join(MODES)}
        for key in body
        if key not in {"title", "description", *MODES}
    ]
    rule = _group(body, _("The segment"), faults, known, top=True)
    if not faults and len(rule.conditions()) > MOST:
        faults.append(_TOO_MANY % {"where": _("The segment"), "n": MOST})
    faults += faults_of_run(rule)
    if faults:
        raise InvalidDefinition(faults)
    return Definition(title, rule, description)


def parse_rule(body: object, known: Fields | None = None) -> Group:
    """A rule alone, as `{all: [conditions]}`, for what is not a segment but asks like one.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    where, faults = _("The rule"), list[str]()
    if not isinstance(body, Mapping):
        said = {"where": where, "modes": ", ".join(MODES)}
        raise InvalidDefinition([_NO_MODE % said])
    faults += [_no_part(where, key, tuple(MODES)) for key in list(body)[:MOST] if key not in MODES]
    if any(isinstance(body.get(mode), list) and len(body[mode]) > MOST for mode in MODES):
        raise InvalidDefinition([*faults, _TOO_MANY % {"where": where, "n": MOST}])
    rule = _group(body, where, faults, known, top=True)
    if len(rule.conditions()) > MOST:
        faults.append(_TOO_MANY % {"where": where, "n": MOST})
    if faults:
        raise InvalidDefinition(faults)
    return rule


def faults_of_run(rule: Group) -> list[str]:
    """A sentence for each condition that can only be asked of a play under way."""
    return [
        _("%(field)s can only be asked in a wait, a branch or the exit of a play.")
        % {"field": one.field.title}
        for one in rule.conditions()
        if one.field.source == RUN
    ]


def _text(value: object, where: str, longest: int, faults: Faults) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or "\x00" in text:
        faults.append(_("%(where)s must be some words; write them out.") % {"where": where})
    if len(text) > longest:
        faults.append(
            _("%(where)s may have %(n)d characters; shorten it.") % {"where": where, "n": longest}
        )
    return text


def _group(
    body: Mapping[Any, Any], where: str, faults: Faults, known: Fields | None, *, top: bool
) -> Group:
    modes = [mode for mode in MODES if mode in body]
    if len(modes) != 1:
        faults.append(_NO_MODE % {"where": where, "modes": ", ".join(MODES)})
        return Group("all", ())
    items = body[modes[0]]
    if not isinstance(items, list) or not items:
        faults.append(_("%(where)s needs at least one condition; add one.") % {"where": where})
        return Group(modes[0], ())
    found = [_item(item, at, where, faults, known, top) for at, item in enumerate(items, start=1)]
    return Group(modes[0], tuple(item for item in found if item is not None))


def _item(
    body: object, number: int, where: str, faults: Faults, known: Fields | None, top: bool
) -> Condition | Group | None:
    place = (
        _("Condition %(n)d") % {"n": number}
        if top
        else _("%(where)s, condition %(n)d") % {"where": where, "n": number}
    )
    if not isinstance(body, Mapping):
        faults.append(
            _("%(where)s must name a field, as {field: health.score, op: below, value: 40}.")
            % {"where": place}
        )
        return None
    if "field" in body:
        return _condition(body, place, faults, known)
    if not top:
        faults.append(
            _("%(where)s: a group inside a group is one too deep; move it up.") % {"where": place}
        )
        return None
    extra = [key for key in body if key not in MODES]
    faults += [_no_part(place, key, tuple(MODES)) for key in extra]
    return _group(body, _("Group %(n)d") % {"n": number}, faults, known, top=False)


def _no_part(where: str, key: object, parts: tuple[str, ...]) -> str:
    said = {"where": where, "key": repr(key), "parts": ", ".join(parts)}
    return _("%(where)s has no part %(key)s; its parts are %(parts)s.") % said


def _condition(
    body: Mapping[Any, Any], where: str, faults: Faults, known: Fields | None
) -> Condition | None:
    parts = ("field", "op", "value", "weeks")
    faults += [_no_part(where, key, parts) for key in body if key not in parts]
    key = body["field"]
    found = _field(key, known) if isinstance(key, str) else None
    if found is None:
        faults.append(
            _("%(where)s: there is no field %(key)s; choose one of the list.")
            % {"where": where, "key": repr(key)[:LONGEST]}
        )
        return None
    operator = _operator(body.get("op"), found, where, faults)
    if operator is None:
        return None
    given = _given(body.get("value"), operator, found, where, faults)
    return Condition(found, operator, given, _weeks(body, operator, where, faults))


def _field(key: str, known: Fields | None) -> Field | None:
    if known is not None and key in known:
        return known[key]
    usual = fixed_or_open(key)
    # A metric that is not defined answers nothing; own fields may come with the next load.
    return None if known is not None and usual and usual.source == "metric" else usual


def _operator(key: object, found: Field, where: str, faults: Faults) -> Operator | None:
    kinds = fitting(found.kind)
    operator = OPERATORS.get(key) if isinstance(key, str) else None
    # What an own field holds is told by its values, which change; any comparison may come to fit.
    if operator is not None and (operator in kinds or found.source == "custom"):
        return operator
    said = {
        "where": where,
        "field": found.title,
        "op": repr(key)[:LONGEST],
        "ops": ", ".join(one.key for one in kinds),
    }
    faults.append(_("%(where)s: %(field)s cannot be asked %(op)s; use one of %(ops)s.") % said)
    return None


def _weeks(body: Mapping[Any, Any], operator: Operator, where: str, faults: Faults) -> int:
    weeks = body.get("weeks", USUAL_WEEKS if operator.change else 0)
    if not operator.change:
        if "weeks" in body:
            faults.append(
                _("%(where)s: weeks go with a rise or a fall; take them away.") % {"where": where}
            )
        return 0
    if not isinstance(weeks, int) or isinstance(weeks, bool) or not WEEKS[0] <= weeks <= WEEKS[1]:
        faults.append(
            _("%(where)s: weeks must be a whole number from %(a)d to %(b)d.")
            % {"where": where, "a": WEEKS[0], "b": WEEKS[1]}
        )
        return USUAL_WEEKS
    return weeks


def _given(
    value: object, operator: Operator, found: Field, where: str, faults: Faults
) -> tuple[Any, ...]:
    said = {"where": where, "op": str(operator.name), "field": found.title}
    read = READ[operator.takes](value)
    if read is None:
        faults.append(WANTED[operator.takes] % said)
        return ()
    if operator.change and not float(read[0]) > 0:
        faults.append(_("%(where)s: by how much it %(op)s must be above zero.") % said)
    known = {key for key, _name in found.choices()} if found.choices else None
    if operator.takes is Takes.WORDS and known is not None:
        faults += [
            _("%(where)s: %(field)s is never %(word)s; use %(words)s.")
            % {**said, "word": repr(word), "words": ", ".join(sorted(known))}
            for word in read
            if word not in known
        ]
    return read
