"""What ⌘K and the page Search find: accounts, people, pages and actions, as far as one may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.web.access import SEE_ACCOUNTS, allowed
from tenure.web.finding.facts import accounts_named, people_named
from tenure.web.finding.places import Place, actions, places

MOST = {"accounts": 8, "people": 6, "places": 6, "actions": 6}
SUGGESTED = 7


@dataclass(frozen=True)
class Hit:
    """Something found: where it is, its name and a line that tells it from others."""

    url: str
    name: str
    detail: str
    icon: str


@dataclass(frozen=True)
class Group:
    """Hits of one kind, under a heading."""

    key: str
    title: str
    hits: tuple[Hit, ...]


def find(request: HttpRequest, text: str) -> list[Group]:
    """Groups of hits for a text, best first; for none, the pages and actions there are."""
    text = clean(text)
    found = [
        ("places", _("Pages"), _ranked(places(request), text)),
        ("actions", _("Actions"), _ranked(actions(request), text)),
    ]
    if text and allowed(request, *SEE_ACCOUNTS):
        people = [Hit(*row, "user") for row in people_named(request, text, MOST["people"])]
        rows = accounts_named(request, text, MOST["accounts"])
        accounts = [Hit(*row, "building") for row in rows]
        found = [("accounts", _("Accounts"), accounts), ("people", _("People"), people), *found]
    most = MOST if text else dict.fromkeys(MOST, SUGGESTED)
    return [Group(k, title, tuple(hits[: most[k]])) for k, title, hits in found if hits]


def clean(text: str) -> str:
    """A text as it is searched for."""
    return " ".join(text.replace("\x00", "").split())[:100]


def _ranked(known: Iterable[Place], text: str) -> list[Hit]:
    """Those with every word of the text, the ones that begin with it first."""
    words = text.casefold().split()
    hits = [Hit(p.url, str(p.name), str(p.part), p.icon) for p in known]
    kept = [hit for hit in hits if all(w in f"{hit.name} {hit.detail}".casefold() for w in words)]
    return sorted(kept, key=lambda hit: not hit.name.casefold().startswith(text.casefold()))
