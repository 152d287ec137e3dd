"""What can be done with findings and suggestions: buttons drawn once, then filled in for each."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tenure.core.models import User
from tenure.web.advice.cards import Card as Suggested
from tenure.web.advice.cards import Shown
from tenure.web.stencils import Stencil, gap
from tenure.web.today.queue import Queue

URLS = tuple(
    f"suggestion_{act}" for act in ("accept", "edit", "take", "snooze", "dismiss", "hand_over")
)


def finding_acts(queue: Queue, context: Mapping[str, Any]) -> dict[str, SafeString]:
    """The name of each finding shown → its buttons."""
    stencil = Stencil("pages/today/acts.html", context, ("name", "sentence"))
    return {
        item.finding.name: stencil.filled(name=item.finding.name, sentence=item.sentence)
        for card in queue.cards
        for item in card.items
    }


def suggestion_acts(shown: Shown, context: Mapping[str, Any]) -> dict[int, SafeString]:
    """The key of each suggestion shown → its buttons."""
    stencils: dict[tuple[bool, bool], Stencil] = {}
    urls = {name: reverse(name, args=[0]).replace("/0/", f"/{gap('key')}/") for name in URLS}
    options = {
        False: {user.pk: _option(user) for user in shown.people},
        True: {user.pk: _option(user) for user in shown.takers},
    }
    found = {}
    for card in (*shown.cards, *shown.pool):
        kind = (card.row.pooled, bool(card.url))
        if kind not in stencils:
            given = {**context, "urls": urls, "pooled": kind[0], "linked": kind[1]}
            gaps = ("account", "title", "hours", "people")
            stencils[kind] = Stencil("pages/today/suggestion_acts.html", given, gaps)
        found[card.row.pk] = _filled(stencils[kind], card, options[card.row.pooled])
    return found


def _filled(stencil: Stencil, card: Suggested, options: Mapping[int, SafeString]) -> SafeString:
    row = card.row
    return stencil.filled(
        key=row.pk,
        account=row.account.name,
        title=card.title,
        hours=floatformat(row.hours, "-2u"),
        people=_people(row.person, options),
    )


def _people(chosen: User | None, options: Mapping[int, SafeString]) -> SafeString:
    """The people to choose from, whose it is now first."""
    others: Iterable[SafeString] = options.values()
    first = SafeString("")
    if chosen is not None:
        first = format_html('<option value="{}" selected>{}</option>', chosen.pk, chosen)
        others = [option for key, option in options.items() if key != chosen.pk]
    return mark_safe("".join((first, *others)))  # noqa: S308 - options made by format_html


def _option(user: User) -> SafeString:
    return format_html('<option value="{}">{}</option>', user.pk, user)
