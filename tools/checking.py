"""What can be wrong with a catalogue of translations, each fault as a sentence."""

import re
from collections import Counter
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

# Named and plain %-formats, {names} of str.format, tags and the addresses in them.
PLACEHOLDERS = re.compile(
    r"%\(\w+\)[-#0 +]*[\d.]*[diouxXeEfFgGcrsa]|%[sdr](?!\w)|%%"
    r"|\{\w*(?::[^{}]*)?\}|</?[a-zA-Z][^<>]*>"
)


def faults(catalogue: Catalog) -> Iterator[str]:
    """What a reader would stumble over: missing, fuzzy, obsolete, or with parts that differ."""
    for message in catalogue:
        if message.id:
            yield from (f"{_shown(message)}: {fault}" for fault in _faults(message, catalogue))
    for message in catalogue.obsolete.values():
        yield f"{_shown(message)}: obsolete; `tools/messages.py extract --drop` forgets it"


def _faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    forms = forms_of(message)
    plurals = catalogue.num_plurals if message.pluralizable else 1
    if len(forms) != plurals:
        yield f"has {len(forms)} plural forms, the language {plurals}"
    if not all(forms):
        yield "not translated"
        return
    texts = texts_of(message)
    for form in forms:
        # A form for one thing may leave out the number, as in English; the last form may not.
        likes = texts[-1:] if form is forms[-1] else texts
        yield from _differing([placeholders(text) for text in likes], placeholders(form))


def forms_of(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form."""
    if isinstance(message.string, str):
        return [message.string]
    return [str(form) for form in message.string or ("",)]


def texts_of(message: Message) -> list[str]:
    """What is translated: a text, or the singular and the plural."""
    return [message.id] if isinstance(message.id, str) else [str(text) for text in message.id]


def _differing(allowed: list[Counter[str]], given: Counter[str]) -> Iterator[str]:
    if given in allowed:
        return
    if gone := allowed[-1] - given:
        yield f"lacks {', '.join(sorted(gone))}"
    if new := given - allowed[-1]:
        yield f"has {', '.join(sorted(new))} too many"


def placeholders(text: str) -> Counter[str]:
    """The parts of a message that a program fills in, tags, and doubled per cent signs."""
    return Counter(PLACEHOLDERS.findall(text))


def _shown(message: Message) -> str:
    return repr(texts_of(message)[0][:70])
