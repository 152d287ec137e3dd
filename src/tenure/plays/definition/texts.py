"""Texts of a play: one for every language, or one for each."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.plays.definition.shape import Words

_EMPTY = _("%(where)s: %(part)s must be some words; write them out.")
_LONG = _("%(where)s: %(part)s may have %(n)d characters; shorten it.")
_STRANGE = _("%(where)s: %(part)s holds characters that nobody can read; write it again.")
_WHICH = _("%(where)s: %(part)s is a text, or one for each of the languages %(languages)s.")
LANGUAGES = ", ".join(code for code, _name in settings.LANGUAGES)


def fault_of(value: object, longest: int) -> Promise | None:
    """What is wrong with one text, if anything."""
    if not isinstance(value, str) or not value.strip():
        return _EMPTY
    if len(value) > longest:
        return _LONG
    # Neither databases nor mails take a null character or half of a pair of surrogates.
    strange = any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value)
    return _STRANGE if strange else None


def words_of(value: object, longest: int) -> tuple[Words, list[Promise]]:
    """The texts by language in small letters ("": every language), and what is wrong with them."""
    texts = value if isinstance(value, Mapping) else {"": value}
    codes = {code for code, _name in settings.LANGUAGES} | {""}
    read = {key.lower() if isinstance(key, str) else None: text for key, text in texts.items()}
    if not read or not set(read) <= codes or len(read) < len(texts):
        return {}, [_WHICH]
    faults = [fault for text in read.values() if (fault := fault_of(text, longest))]
    if faults:
        return {}, list(dict.fromkeys(faults))
    return {str(key): str(text).strip() for key, text in read.items()}, []
