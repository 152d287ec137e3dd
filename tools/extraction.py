"""Finds the messages of Tenure: in its Python, in its templates, in the definitions it ships."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "tenure"
CONTEXT_FIRST = (1, "c")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_t": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (CONTEXT_FIRST, 2),
    "pgettext_lazy": (CONTEXT_FIRST, 2),
    "npgettext": (CONTEXT_FIRST, 2, 3),
    "npgettext_lazy": (CONTEXT_FIRST, 2, 3),
}
SHIPPED = ("title", "description", "unit", "of", "source")
SHIPPED_IN = (
    "metrics/defaults",
    "health/defaults",
    "contracts/defaults/benchmarks.yaml",
    "segments/examples",
)
NO_PAGES = ("tests", "migrations", "cli", "engine", "demo", "node_modules")
# What the engine hands on to pages stands in one file.
SHOWN = ("engine/sentences.py",)


class Found(NamedTuple):
    """One message where it stands: `message` is a text, or singular and plural."""

    place: str
    message: str | tuple[str, str]
    context: str | None
    comments: tuple[str, ...]


def messages() -> Iterator[Found]:
    """Every message, by file and then by line."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if any(part in NO_PAGES for part in inside.parts) and inside.as_posix() not in SHOWN:
            continue
        place = path.relative_to(PACKAGE.parent.parent).as_posix()
        if path.suffix == ".py":
            yield from _in_python(path.read_bytes(), place)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from _in_python(_as_python(path), place)
        elif path.suffix == ".yaml" and any(part in place for part in SHIPPED_IN):
            yield from _in_yaml(yaml.safe_load(path.read_text()), place)


def _as_python(template: Path) -> bytes:
    """The calls that a template's tags come to, with no indentation to trip over."""
    lines = templatize(template.read_text(), origin=str(template)).splitlines()
    return "\n".join(line.strip() for line in lines).encode()


def _in_python(source: bytes, place: str) -> Iterator[Found]:
    found = extract("python", BytesIO(source), KEYWORDS, ["Translators:"])
    for _line, message, comments, context in found:
        text = message if isinstance(message, str) else (message[0], message[1])
        yield Found(place, text, context, tuple(comments))


def _in_yaml(body: Any, place: str) -> Iterator[Found]:
    """The words of a shipped definition, which pages translate when they show them."""
    if isinstance(body, list):
        for entry in body:
            yield from _in_yaml(entry, place)
    elif isinstance(body, dict):
        for key, value in body.items():
            if key in SHIPPED and isinstance(value, str) and " " in value + " ":
                if not (key in {"of", "source"} and "benchmarks" not in place):
                    yield Found(place, value, None, ())
            else:
                yield from _in_yaml(value, place)
