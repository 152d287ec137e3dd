"""Definitions as YAML text: from outside, so hostile until read."""

import math
import re
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition

LONGEST = 40_000
DEEPEST = 20
LARGEST = 10**15


class _Loader(yaml.SafeLoader):
    """Plain values only: no aliases (a few lines of them grow to gigabytes), no dates, no tags."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, _("aliases are not allowed; write the value out"), event.start_mark
            )
        self.depth += 1
        if self.depth > DEEPEST:
            raise InvalidDefinition([_("The definition is nested too deeply.")])
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _fault(_("names must be text, not %(x)r") % {"x": key}, node)
            if key in seen:
                raise _fault(_("%(x)r is there twice") % {"x": key}, node)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _fault(problem: str, node: Any) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


_UNREAD = (":timestamp", ":merge", ":bool")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(_UNREAD)]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# As in YAML 1.2: on, off, yes and no are words, so that a part may be called `on`.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def body_read(text: str, longest: int = LONGEST) -> dict[str, Any]:
    """The mapping that a YAML text of at most `longest` characters holds.

    Raises:
        InvalidDefinition: with a sentence that says what is wrong and on which line.
    """
    if len(text) > longest:
        raise InvalidDefinition(
            [_("A definition has at most %(n)d characters; shorten this one.") % {"n": longest}]
        )
    try:
        body = yaml.load(text, Loader=_Loader)  # noqa: S506 - a stricter SafeLoader
    except yaml.YAMLError as error:
        raise InvalidDefinition([_yaml_sentence(error)]) from error
    except (RecursionError, ValueError) as error:
        raise InvalidDefinition(
            [_("This cannot be read as YAML; look at its numbers and nesting.")]
        ) from error
    if not isinstance(body, dict):
        raise InvalidDefinition([_("Write the definition as names with values, as `title: Use`.")])
    _plain(body)
    return body


def _yaml_sentence(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", "") or _("it cannot be read"))
    if mark is None:
        return _("This is no YAML: %(problem)s.") % {"problem": problem}
    return _("Line %(line)d is no YAML: %(problem)s.") % {
        "line": mark.line + 1,
        "problem": problem,
    }


def _plain(value: Any) -> None:
    """Refuse what a definition cannot hold: bytes, sets, infinities, null characters."""
    if isinstance(value, dict | list):
        for inner in [*value, *(value.values() if isinstance(value, dict) else ())]:
            _plain(inner)
        return
    problem = _problem(value)
    if problem:
        raise InvalidDefinition([problem])


def _problem(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return _("Text must not hold a null character.") if "\x00" in value else ""
    if not isinstance(value, int | float):
        return _("Use only text, numbers, true, false, lists and names.")
    if isinstance(value, float) and not math.isfinite(value):
        return _("Numbers must be finite; give a number instead of infinity.")
    return _("A number is far too large.") if abs(value) >= LARGEST else ""


class _Dumper(yaml.SafeDumper):
    """Short lists in one line, everything in the order in which it was given, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _sequence(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    flat = all(not isinstance(v, dict | list) for v in values)
    pairs = bool(values) and all(
        isinstance(v, list) and not any(isinstance(x, dict | list) for x in v) for v in values
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flat or pairs)


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Several lines as they stand, so that a letter reads as one."""
    strange = re.search("[\x85\u2028\u2029]", text)  # ends of lines that YAML folds away
    style = '"' if strange else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(str, _string)
# Written without quotation marks; whoever reads YAML 1.1 still finds yes and no in theirs.
_Dumper.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if first not in "oO" or not pair[0].endswith(":bool")]
    for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def body_text(body: dict[str, Any]) -> str:
    """A body as YAML."""
    return yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)
