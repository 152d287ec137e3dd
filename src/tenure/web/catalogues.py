"""Compiles the catalogues of the languages, as part of building the page assets."""

from collections.abc import Iterator
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def sources() -> Iterator[Path]:
    """The catalogue of each language, as translators write it."""
    yield from sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_catalogues() -> int:
    """Write what Django reads beside each catalogue that changed; returns how many."""
    stale = [path for path in sources() if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    for message in list(catalogue):
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        # A plural with an empty form would be shown as nothing instead of in English.
        if message.id and not all(forms):
            catalogue.delete(message.id, message.context)
    partial = source.with_suffix(".mo.partial")
    with partial.open("wb") as file:
        write_mo(file, catalogue)
    partial.replace(source.with_suffix(".mo"))
