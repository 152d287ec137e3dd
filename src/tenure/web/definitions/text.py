"""Definitions as YAML text: from the browser, so hostile until read."""

import math
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition

LONGEST = 40_000
DEEPEST = 20


class _Loader(yaml.SafeLoader):
    """Plain values only: no aliases (a few lines of them grow to gigabytes), no dates, no tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, _("aliases are not allowed; write the value out"), event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for key in keys:
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, _("names must be text, not %(x)r") % {"x": key}, node.start_mark
                )
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, _("%(x)r is there twice") % {"x": key}, node.start_mark
                )
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":merge"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def body_read(text: str) -> dict[str, Any]:
    """The mapping that a YAML text holds.

    Raises:
        InvalidDefinition: with a sentence that says what is wrong and on which line.
    """
    if len(text) > LONGEST:
        raise InvalidDefinition(
            [_("A definition has at most %(n)d characters; shorten this one.") % {"n": LONGEST}]
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
    _plain(body, 0)
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


def _plain(value: Any, depth: int) -> None:
    """Refuse what a definition cannot hold: bytes, sets, infinities, endless nesting."""
    if depth > DEEPEST:
        raise InvalidDefinition([_("The definition is nested too deeply.")])
    if isinstance(value, dict):
        for key, inner in value.items():
            _plain(key, depth + 1)
            _plain(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _plain(inner, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InvalidDefinition([_("Numbers must be finite; give a number instead of infinity.")])
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        raise InvalidDefinition([_("A number is far too large.")])
    elif isinstance(value, str) and "\x00" in value:
        raise InvalidDefinition([_("Text must not hold a null character.")])
    elif not isinstance(value, str | int | float | type(None)):
        raise InvalidDefinition([_("Use only text, numbers, true, false, lists and names.")])


class _Dumper(yaml.SafeDumper):
    """Short lists in one line, everything in the order in which it was given."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _sequence(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    flat = all(not isinstance(v, dict | list) for v in values)
    pairs = bool(values) and all(
        isinstance(v, list) and not any(isinstance(x, dict | list) for x in v) for v in values
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flat or pairs)


_Dumper.add_representer(list, _sequence)


def body_text(body: dict[str, Any]) -> str:
    """A body as YAML."""
    return yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)
