"""The list of keys that a page understands."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()
_NEXT, _BEFORE, _OPEN = _("Next"), _("Previous"), _("Open")
KEYS: dict[str, tuple[tuple[str, Promise], ...]] = {
    "today": (
        ("j", _NEXT),
        ("k", _BEFORE),
        ("Enter", _("Open the evidence")),
        ("d", _("Done; in the plan: accept")),
        ("x", _("Dismiss from the plan")),
        ("D", _("Done with the whole account")),
        ("s", _("Snooze")),
        ("?", _("Show the keys")),
        ("Esc", _("Close")),
    ),
    "accounts": (
        ("j", _NEXT),
        ("k", _BEFORE),
        ("Enter", _OPEN),
        ("x", _("Tick")),
        ("/", _("Search")),
        ("?", _("Show the keys")),
        ("Esc", _("Close")),
    ),
}


@register.inclusion_tag("kit/keys.html")
def keys(page: str) -> dict[str, Any]:
    """A menu that lists a page's keys; the key ? opens it."""
    return {"keys": KEYS[page]}
