"""A language in which every translated text stands in brackets, and what of a page does not."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CODE = "xx"
OPEN, CLOSE = "⟦", "⟧"
GERMAN = Path("locale") / "de" / "LC_MESSAGES" / "django.po"
THEIRS = (
    Path(allauth.__file__).parent / GERMAN,
    Path(django.__file__).parent / "conf" / GERMAN,
    Path(django.__file__).parent / "contrib" / "auth" / GERMAN,
)
ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "aria-description", "label")
UNREAD = ("code", "time", "textarea", "style", "kbd")
# Tags within a sentence: the words before and after them belong together.
INLINE = ("a", "abbr", "b", "em", "i", "small", "span", "strong", "sup", *UNREAD)
VOID = ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")
# English, which a formula is not.
WORD = re.compile(r"[A-Za-z]{2,}")
INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
# How a day is written is told by the language's locale, and tested with the formats.
DATE = re.compile(r"\b(\d{1,2} )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
DRAWN = ("labels", "unit", "diagonal", "across", "up", "name", "text")


def catalogue_write(folder: Path, ours: Catalog) -> None:
    """The compiled catalogue of the language, made of our messages and of the packages' ones."""
    found = Catalog(locale="en", fuzzy=False)
    found.domain = "django"
    for one in (*ours, *(m for path in THEIRS for m in _read(path))):
        if one.id and found.get(one.id, one.context) is None:
            found.add(one.id, _bracketed(one.id), context=one.context)
    place = folder / CODE / "LC_MESSAGES" / "django.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as file:
        write_mo(file, found)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _bracketed(text):
    if isinstance(text, str):
        return f"{OPEN}{text}{CLOSE}"
    return tuple(f"{OPEN}{form}{CLOSE}" for form in text)


class Page(HTMLParser):
    """Every text of a page that people read: between tags, in attributes, in drawings."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.language = ""
        self._within: list[str] = []
        self._json = False
        self._run = ""
        self.feed(html)
        self.close()
        self._flush()

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        if tag == "html":
            self.language = held.get("lang", "")
        self.texts += [held[name] for name in ATTRIBUTES if held.get(name)]
        if tag == "input" and held.get("type") in {"submit", "button", "reset"}:
            self.texts.append(held.get("value") or "")
        if tag == "script":
            self._json = held.get("type") == "application/json"
        if tag not in INLINE:
            self._flush()
        if tag not in VOID:
            self._within.append(tag)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self._flush()
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data):
        if "script" in self._within:
            if self._json:
                self._json = False
                self.texts += drawn(json.loads(data))
        elif not any(tag in UNREAD for tag in self._within):
            self._run += data

    def _flush(self):
        if self._run.strip():
            self.texts.append(" ".join(self._run.split()))
        self._run = ""


def drawn(value, name="") -> list[str]:
    """The words of a drawing."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in drawn(inner, key)]
    if isinstance(value, list):
        return [text for inner in value for text in drawn(inner, name)]
    return [value] if isinstance(value, str) and name in DRAWN else []


def untranslated(html: str, values: list[str], whole: tuple[str, ...]) -> list[str]:
    """The texts that hold words which stand in no brackets and are none of the values.

    `whole`: values that are usual words too, and pass only as a text of their own.
    """
    return [t for t in Page(html).texts if t not in whole and WORD.search(_left(t, values))]


def _left(text: str, values: list[str]) -> str:
    while (shorter := INNERMOST.sub(" ", text)) != text:
        text = shorter
    text = DATE.sub(" ", text)
    for value in values:
        text = text.replace(value, " ")
    return text
