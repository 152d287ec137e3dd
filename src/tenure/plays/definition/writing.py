"""A play's stored form: read from text, put in order, written out, segments' rules filled in."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenure.core.definition_text import body_read, body_text
from tenure.core.errors import InvalidDefinition
from tenure.plays.definition.part import REMARK
from tenure.plays.definition.reading import PARTS
from tenure.plays.definition.steps import MOST_LEVELS
from tenure.segments.conditions import MODES
from tenure.segments.models import Segment
from tenure.segments.selectors.rules import body_of

LONGEST = 200_000
Body = dict[str, Any]


def play_read(text: str) -> tuple[str, Body]:
    """The key and the body of a play that came as text; the key is its first part.

    Raises:
        InvalidDefinition: with a sentence for what cannot be read.
    """
    body = body_read(text, LONGEST)
    key = body.pop("key", None)
    if not isinstance(key, str) or not key:
        raise InvalidDefinition(
            [_("The text needs a key, as `key: renewal_90`; it is what the play is stored under.")]
        )
    return key, body


def play_text(key: str, body: Mapping[str, Any]) -> str:
    """A play as text that `play_read` takes."""
    return body_text({"key": key, **ordered(body)})


def ordered(body: Mapping[str, Any]) -> Body:
    """The body with its parts in their order, which not every database keeps."""
    known = [name for name in PARTS if name in body]
    return {name: body[name] for name in [*known, *(n for n in body if n not in PARTS)]}


def resolved(body: Mapping[str, Any]) -> Body:
    """The body with the rules of the shared segments it names, as they are now.

    One that names no shared segment stays as it is, and is refused when it is read.
    """
    made = dict(body)
    for name in ("audience", "leave"):
        _fill(made, name)
    if isinstance(made.get("trigger"), Mapping):
        made["trigger"] = dict(made["trigger"])
        _fill(made["trigger"], "rule")
    if "steps" in made:
        made["steps"] = _steps(made["steps"], 0)
    return made


def _steps(steps: Any, level: int) -> Any:
    if not isinstance(steps, list) or level > MOST_LEVELS:
        return steps
    return [_step(step, level) for step in steps]


def _step(step: Any, level: int) -> Any:
    if not isinstance(step, Mapping):
        return step
    made = dict(step)
    if isinstance(made.get("wait"), Mapping):
        made["wait"] = dict(made["wait"])
        _fill(made["wait"], "until")
    if isinstance(made.get("branch"), Mapping):
        made["branch"] = branch = dict(made["branch"])
        _fill(branch, "when")
        for way in ("then", "otherwise"):
            if way in branch:
                branch[way] = _steps(branch[way], level + 1)
    return made


def _fill(values: dict[str, Any], name: str) -> None:
    rule = values.get(name)
    title = rule.get("segment") if isinstance(rule, Mapping) and len(rule) == 1 else None
    if not isinstance(title, str) or not title or "\x00" in title:
        return
    found = Segment.objects.filter(title=title, shared=True, retired_at__isnull=True)[:2]
    if len(found) == 1:
        said = body_of(found[0])
        values[name] = {REMARK: title, **{mode: said[mode] for mode in MODES if mode in said}}
