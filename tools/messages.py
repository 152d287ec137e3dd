"""The catalogues of the languages: `python tools/messages.py extract | compile | check`.

`extract` brings every `src/tenure/locale/<language>/LC_MESSAGES/django.po` up to date with the
source, and keeps translations. `check` ends with 1 when one is not complete, and says why.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from checking import faults, forms_of, texts_of
from extraction import PACKAGE, messages

LANGUAGES = ("de", "nl", "it", "zh_Hans")
WIDTH = 100
HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: Tenure\n"
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals};\n"

"""


def path_of(language: str) -> Path:
    """Where the catalogue of a language is."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def template() -> Catalog:
    """Every message of the source, untranslated, in the order of files and lines."""
    found = Catalog(fuzzy=False)
    for one in messages():
        _refuse_half_plural(found, one.message)
        found.add(
            one.message,
            locations=[(one.place, 0)],
            auto_comments=one.comments,
            context=one.context,
        )
    return found


def _refuse_half_plural(found: Catalog, message: str | tuple[str, str]) -> None:
    """Gettext keeps one entry for each singular: two plurals of it would overwrite each other."""
    if isinstance(message, str):
        return
    known = found.get(message[0])
    if known is not None and known.pluralizable and texts_of(known)[1] != message[1]:
        raise SystemExit(f"Two plurals of {message[0]!r}: {texts_of(known)[1]!r}, {message[1]!r}")


def read(language: str) -> Catalog:
    """The catalogue of a language as it is on disk; an empty one when there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(source: Catalog, old: Catalog, language: str, *, drop: bool = False) -> Catalog:
    """The messages of the source with the translations there were, of obsolete messages too."""
    kept = {_key(m): m for m in (*old.obsolete.values(), *old) if m.id}
    new = Catalog(locale=language, fuzzy=False)
    for message in source:
        if not message.id:
            continue
        before = kept.pop(_key(message), None)
        new.add(
            message.id,
            _carried(message, before, new.num_plurals),
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            flags=(before.flags if before else set()) & {"fuzzy"},
            context=message.context,
        )
    if not drop:
        new.obsolete.update({key: m for key, m in kept.items() if _is_translated(m)})
    return new


def _key(message: Message) -> tuple[str, str]:
    return texts_of(message)[0], message.context or ""


def _is_translated(message: Message) -> bool:
    return any(forms_of(message))


def _carried(message: Message, before: Message | None, plurals: int) -> str | tuple[str, ...]:
    """The old translation, if it is of the same form: a plural does not fit a singular."""
    blank = ("",) * plurals if message.pluralizable else ""
    if before is None or before.pluralizable != message.pluralizable:
        return blank
    forms = forms_of(before)
    if not message.pluralizable:
        return forms[0]
    return tuple(forms) if len(forms) == plurals else blank


def written(catalogue: Catalog, language: str) -> str:
    """The catalogue as a file, without dates and line numbers, so that changes stay small."""
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    head = HEADER.format(
        language=Locale.parse(language), plurals=catalogue.plural_forms.rstrip(";")
    )
    return head + body.getvalue().decode().rstrip("\n") + "\n"


def extract(languages: list[str], *, drop: bool) -> None:
    """Bring the catalogues up to date."""
    source = template()
    for language in languages:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = merged(source, read(language), language, drop=drop)
        path.write_text(written(catalogue, language), encoding="utf-8")
        missing = sum(not _is_translated(m) for m in catalogue if m.id)
        print(f"{language}: {len(catalogue)} messages, {missing} without a translation")


def check(languages: list[str]) -> Iterator[str]:
    """What is wrong with the catalogues, a line each."""
    source = template()
    for language in languages:
        path, catalogue = path_of(language), read(language)
        yield from (f"{language}: {fault}" for fault in faults(catalogue))
        fresh = written(merged(source, catalogue, language), language)
        if not path.exists() or path.read_text(encoding="utf-8") != fresh:
            yield f"{language}: not up to date with the source; run `make messages`"


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("extract", "compile", "check"))
    parser.add_argument("--languages", default=",".join(LANGUAGES), help="as de,nl")
    parser.add_argument("--drop", action="store_true", help="extract: forget obsolete messages")
    given = parser.parse_args()
    languages = given.languages.split(",")
    if given.command == "extract":
        extract(languages, drop=given.drop)
        return 0
    if given.command == "compile":
        from tenure.web.catalogues import compile_catalogues

        print(f"{compile_catalogues()} compiled")
        return 0
    found = list(check(languages))
    print("\n".join(found) or f"complete: {', '.join(languages)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
