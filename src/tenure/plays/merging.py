"""Places in the text of mails, letters, tasks and chats, and the plain words put into them.

A place is `{{ account.name }}`, from a fixed list. It is replaced once, as text: nothing is
computed, and what is put in is never looked at again.
"""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenure.core.errors import TenureError

PLACES: dict[str, Promise] = {
    "account.name": _lazy("name of the account"),
    "account.domain": _lazy("domain of the account"),
    "person.first_name": _lazy("first name of the person written to"),
    "person.name": _lazy("name of the person written to"),
    "person.title": _lazy("title of the person written to"),
    "owner.name": _lazy("name of the account's owner"),
    "owner.email": _lazy("e-mail address of the account's owner"),
    "company.name": _lazy("name of your company"),
    "contract.plan": _lazy("plan of the account"),
    "contract.renews_on": _lazy("day on which the contract renews"),
    "contract.mrr": _lazy("MRR of the account, in the reporting currency"),
    "contract.seats": _lazy("seats of the account"),
    "level": _lazy("level of the account: customer, client and so on"),
    "health": _lazy("health score of the account, 0 to 100"),
    "usage.active_people": _lazy("people active in the newest week"),
    "today": _lazy("the day on which it is written"),
}
PERSON = "person."
"""Begins the places that need somebody who is written to."""
_PLACE = re.compile(r"\{\{[ \t]*([a-z_.]{1,40})[ \t]*\}\}")
_SHOWN = 40


class Missing(TenureError):
    """A text needs a value that is not known; `place` says which."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def __str__(self) -> str:
        """Said when it is read: to whoever reads it, not in the language of the text."""
        return _("The text needs the %(title)s ({{ %(place)s }}), which is not known.") % {
            "title": PLACES.get(self.place, self.place),
            "place": self.place,
        }


def places(text: str) -> tuple[str, ...]:
    """The places a text names, each once, in their order."""
    return tuple(dict.fromkeys(_PLACE.findall(text)))


def faults(text: str, *, person: bool = True) -> list[str]:
    """A sentence for each thing between double braces that is no place, or none of this text.

    `person`: it is written to somebody, whose name it may have.
    """
    rest = _PLACE.sub(lambda found: "" if found[1] in PLACES else found[0], text)
    found = [rest[at.start() : at.start() + _SHOWN] for at in re.finditer(r"\{\{", rest)]
    said = [
        _("%(text)s is no place; use one of %(places)s, as {{ account.name }}")
        % {"text": repr(one), "places": ", ".join(PLACES)}
        for one in dict.fromkeys(found)
    ]
    said += [
        _("{{ %(place)s }} stands only in mails and letters, which are written to somebody")
        % {"place": one}
        for one in places(text)
        if one in PLACES and one.startswith(PERSON) and not person
    ]
    if not found and "}}" in rest:
        said.append(_("}} closes a place that was not opened; write {{ before its name"))
    return said


def merge(text: str, facts: Mapping[str, str]) -> str:
    """The text with every place replaced by its value in `facts`.

    Raises:
        Missing: a place has no value; the text must then not be sent.
    """
    return _PLACE.sub(lambda found: _value(found[1], facts), text)


def _value(place: str, facts: Mapping[str, str]) -> str:
    value = facts.get(place)
    if not value:
        raise Missing(place)
    return value
