"""What every page's shell needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenure.core.roles import Permission
from tenure.web.access import SEE_ACCOUNTS, allowed, role
from tenure.web.sources.checklist import nothing_loaded

THEMES = ("light", "dark")


@dataclass(frozen=True)
class NavItem:
    """A page of the navigation, shown to whoever may open it; `under`: addresses that belong to it
    and do not begin with its own.
    """

    name: Promise
    url_name: str
    icon: str
    permissions: tuple[Permission, ...]
    under: tuple[str, ...] = ()


NAVIGATION = (
    NavItem(_("Today"), "today", "today", SEE_ACCOUNTS, ("/tasks",)),
    NavItem(_("Accounts"), "accounts", "building", SEE_ACCOUNTS),
    NavItem(_("Ladder"), "ladder", "ladder", SEE_ACCOUNTS),
    NavItem(_("Renewals"), "renewals", "renewals", SEE_ACCOUNTS),
    NavItem(_("Retention"), "retention", "retention", SEE_ACCOUNTS),
    NavItem(_("Adoption"), "adoption", "adoption", SEE_ACCOUNTS),
    NavItem(_("Plays"), "plays", "play", SEE_ACCOUNTS, ("/letters", "/past-plays")),
    NavItem(_("Team"), "team", "meeting", (Permission.PLAN_TEAM,)),
    NavItem(_("Executive"), "executive", "note", (Permission.SEE_ALL_ACCOUNTS,)),
    NavItem(_("Models"), "models", "scales", SEE_ACCOUNTS),
    NavItem(_("Data"), "data", "database", (Permission.SEE_DATA,)),
    NavItem(_("Settings"), "settings", "sliders", (Permission.SEE_SETTINGS,)),
)


@dataclass(frozen=True)
class NavLink:
    name: Promise
    url: str
    icon: str
    current: bool


def navigation(request: HttpRequest) -> list[NavLink]:
    """The pages that exist and that this user may open; the one being shown is current."""
    links = []
    for item in NAVIGATION:
        if not allowed(request, *item.permissions):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        heads = [head.rstrip("/") + "/" for head in (url, *item.under)]
        current = f"{request.path}/".startswith(tuple(heads))
        links.append(NavLink(item.name, url, item.icon, current))
    return links


def guide(request: HttpRequest) -> str:
    """The address of the first-run guide while nothing is loaded, to whoever may set Tenure up."""
    return reverse("start") if allowed(request, Permission.SEE_DATA) and nothing_loaded() else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, the user's role, the language and the chosen theme."""
    theme = request.COOKIES.get("theme", "")
    held = role(request) if hasattr(request, "user") else None
    return {
        "navigation": navigation(request) if held else [],
        "role": held,
        "guide": SimpleLazyObject(lambda: guide(request)),
        "theme": theme if theme in THEMES else "",
        "language": get_language() or "en",
    }
