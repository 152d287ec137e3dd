"""A segment in plain words, as a reader would say it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.segments.conditions import Condition, Definition, Group
from tenure.segments.fields import Field
from tenure.segments.operators import Takes


def sentence(definition: Definition, known: Mapping[str, Field] | None = None) -> str:
    """The whole rule in one sentence; `known` has the names of metrics."""
    said = {"rule": rule_words(named(definition.rule, known or {}))}
    return _("Accounts where %(rule)s.") % said


def named(rule: Group, known: Mapping[str, Field]) -> Group:
    """The rule with fields as they are called now."""
    items = tuple(
        named(item, known)
        if isinstance(item, Group)
        else replace(item, field=known.get(item.field.key, item.field))
        for item in rule.items
    )
    return Group(rule.mode, items)


def rule_words(rule: Group) -> str:
    """A group: its conditions joined by what its mode says; inner groups in brackets."""
    parts = [
        "(" + rule_words(item) + ")" if isinstance(item, Group) else condition_words(item)
        for item in rule.items
    ]
    listed = _joined(parts, any_of=rule.mode in {"any", "none"})
    if rule.mode == "none":
        return _("it is not so that %(rule)s") % {"rule": listed}
    if rule.mode == "not_all":
        return _("it is not so that at once %(rule)s") % {"rule": listed}
    return listed


def _joined(parts: list[str], *, any_of: bool) -> str:
    said = parts[0]
    for part in parts[1:]:
        pair = {"first": said, "second": part}
        said = (_("%(first)s or %(second)s") if any_of else _("%(first)s and %(second)s")) % pair
    return said


def condition_words(one: Condition) -> str:
    """One comparison, as "MRR is at least 500"."""
    said: dict[str, Any] = {"field": one.field.title, "unit": one.field.unit}
    said |= {"a": "", "b": ""} | dict(zip("ab", map(_shown, one.given), strict=False))
    if one.operator.change:
        return _change(one, said)
    if one.operator.takes is Takes.WORDS:
        return _of_words(one, said)
    if one.operator.takes is Takes.DAYS:
        return _of_days(one, said)
    if said["a"] and one.field.unit and one.operator.takes in {Takes.NUMBER, Takes.TWO}:
        last = "b" if said["b"] else "a"
        said[last] = _with_unit(said[last], str(one.field.unit))
    return str(_said(one.operator.key)) % said


def _said(key: str) -> str:
    return {
        "is": _("%(field)s is “%(a)s”"),
        "is_not": _("%(field)s is not “%(a)s”"),
        "contains": _("%(field)s contains “%(a)s”"),
        "lacks": _("%(field)s does not contain “%(a)s”"),
        "starts": _("%(field)s starts with “%(a)s”"),
        "at_least": _("%(field)s is at least %(a)s"),
        "at_most": _("%(field)s is at most %(a)s"),
        "above": _("%(field)s is above %(a)s"),
        "below": _("%(field)s is below %(a)s"),
        "equals": _("%(field)s equals %(a)s"),
        "between": _("%(field)s is between %(a)s and %(b)s"),
        "past": _("%(field)s is past"),
        "before": _("%(field)s is before %(a)s"),
        "from": _("%(field)s is on or after %(a)s"),
        "yes": _("“%(field)s” is so"),
        "no": _("“%(field)s” is not so"),
        "known": _("%(field)s is known"),
        "unknown": _("%(field)s is unknown"),
    }[key]


def _change(one: Condition, said: dict[str, Any]) -> str:
    weeks = ngettext("in %(n)d week", "in %(n)d weeks", one.weeks) % {"n": one.weeks}
    unit = said["unit"] if said["unit"] and said["unit"] != "%" else ""
    said |= {"weeks": weeks, "unit": unit or (_("percentage points") if said["unit"] else "")}
    words = {
        "rose": _("%(field)s rose by at least %(a)s %(weeks)s"),
        "fell": _("%(field)s fell by at least %(a)s %(weeks)s"),
        "rose_percent": _("%(field)s rose by at least %(a)s %% %(weeks)s"),
        "fell_percent": _("%(field)s fell by at least %(a)s %% %(weeks)s"),
    }
    with_unit = {
        "rose": _("%(field)s rose by at least %(a)s %(unit)s %(weeks)s"),
        "fell": _("%(field)s fell by at least %(a)s %(unit)s %(weeks)s"),
    }
    chosen = with_unit if said["unit"] and one.operator.key in with_unit else words
    return chosen[one.operator.key] % said


def _of_words(one: Condition, said: dict[str, Any]) -> str:
    named = dict(one.field.choices()) if one.field.choices else {}
    words = [str(named.get(word, word)) for word in one.given]
    said["words"] = _joined(words, any_of=True)
    if one.operator.key == "none_of":
        return _("%(field)s is not %(words)s") % said
    return _("%(field)s is %(words)s") % said


def _of_days(one: Condition, said: dict[str, Any]) -> str:
    n = one.given[0]
    said |= {"n": n}
    words = {
        "in_next": ngettext(
            "%(field)s is within the next %(n)d day", "%(field)s is within the next %(n)d days", n
        ),
        "beyond_next": ngettext(
            "%(field)s is more than %(n)d day ahead", "%(field)s is more than %(n)d days ahead", n
        ),
        "in_last": ngettext(
            "%(field)s is within the last %(n)d day", "%(field)s is within the last %(n)d days", n
        ),
        "before_last": ngettext(
            "%(field)s is more than %(n)d day ago", "%(field)s is more than %(n)d days ago", n
        ),
    }
    return words[one.operator.key] % said


def _with_unit(number: str, unit: str) -> str:
    if unit == "%":
        return _("%(n)s %%") % {"n": number}
    return f"{number}\N{NO-BREAK SPACE}{unit}"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        places = 0 if value == int(value) else 2
        return formats.number_format(value, places, use_l10n=True, force_grouping=True)
    return str(value)
