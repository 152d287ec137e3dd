"""Pages and actions that can be reached by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.core.roles import Permission
from tenure.web.access import SEE_ACCOUNTS, allowed
from tenure.web.context import navigation
from tenure.web.views.settings.frame import SECTIONS

Named = str | Promise


@dataclass(frozen=True)
class Place:
    """An address by name; `part` says to what it belongs."""

    url: str
    name: Named
    part: Named
    icon: str


@dataclass(frozen=True)
class _Known:
    """An address that whoever holds one of the permissions may open; none: everybody."""

    url_name: str
    name: Promise
    part: Promise
    icon: str
    permissions: tuple[Permission, ...]
    query: str = ""


_DATA = (Permission.SEE_DATA,)
_WORK = (Permission.WORK_ACCOUNTS,)
_TEAM = (Permission.PLAN_TEAM,)
_PAGES = (
    _Known("segments", _("Segments"), _("Accounts"), "building", SEE_ACCOUNTS),
    _Known("adoption_funnel", _("Funnel"), _("Adoption"), "adoption", SEE_ACCOUNTS),
    _Known("adoption_return", _("Coming back"), _("Adoption"), "adoption", SEE_ACCOUNTS),
    _Known("adoption_questions", _("Questions"), _("Adoption"), "adoption", SEE_ACCOUNTS),
    _Known("letters", _("Letters"), _("Plays"), "letter", _WORK),
    _Known("team_plan", _("Plan of the week"), _("Team"), "meeting", _TEAM),
    _Known("team_rebalance", _("Rebalance"), _("Team"), "meeting", _TEAM),
    _Known("models_backtests", _("Backtests"), _("Models"), "scales", SEE_ACCOUNTS),
    _Known("models_health", _("Health score"), _("Models"), "scales", SEE_ACCOUNTS),
    _Known("models_record", _("Track record"), _("Models"), "scales", SEE_ACCOUNTS),
    _Known("models_runs", _("Runs"), _("Models"), "scales", SEE_ACCOUNTS),
    _Known("approvals", _("Approvals"), _("Plays"), "play", SEE_ACCOUNTS),
    _Known("outgoing", _("Outbox"), _("Plays"), "play", SEE_ACCOUNTS),
    _Known("start", _("Start: the steps to a first useful page"), _("Data"), "database", _DATA),
    _Known("data_upload", _("Load files"), _("Data"), "database", (Permission.LOAD_DATA,)),
    _Known("data_loads", _("Loads"), _("Data"), "database", _DATA),
    _Known("data_rejects", _("Rejected rows"), _("Data"), "database", _DATA),
    _Known("data_findings", _("Findings"), _("Data"), "database", _DATA),
    _Known("data_identity", _("Identity"), _("Data"), "database", _DATA),
)
_EDIT = (Permission.EDIT_DEFINITIONS,)
_ACTIONS = (
    _Known(
        "accounts", _("Show the renewals of the next 90 days"), _("Accounts"), "renewals",
        SEE_ACCOUNTS, "?renews=90&sort=renews",
    ),
    _Known(
        "accounts", _("Show the accounts one clause away from client"), _("Accounts"), "ladder",
        SEE_ACCOUNTS, "?flag=one_away",
    ),
    _Known(
        "accounts", _("Show the accounts in poor health"), _("Accounts"), "health",
        SEE_ACCOUNTS, "?band=poor&sort=-mrr",
    ),
    _Known(
        "accounts", _("Show the accounts without an owner"), _("Accounts"), "user",
        (Permission.SEE_ALL_ACCOUNTS,), "?owner=none",
    ),
    _Known("segment_new", _("New segment"), _("Accounts"), "building", _WORK),
    _Known("play_new", _("New play"), _("Plays"), "play", _EDIT),
    _Known("settings_metric_new", _("Define a metric"), _("Settings"), "sliders", _EDIT),
    _Known("settings_scorecard_new", _("Define a scorecard"), _("Settings"), "sliders", _EDIT),
    _Known("settings_keys", _("Make a key"), _("Settings"), "sliders", (Permission.MANAGE_KEYS,)),
    _Known("settings_users", _("Add a user"), _("Settings"), "user", (Permission.MANAGE_USERS,)),
    _Known("profile", _("Change my language"), _("Profile"), "user", ()),
)  # fmt: skip


def places(request: HttpRequest) -> Iterator[Place]:
    """The pages that the reader may open: of the navigation, then their parts."""
    for link in navigation(request):
        yield Place(link.url, link.name, "", link.icon)
    yield from _open(request, _PAGES)
    for url_name, name, permission in SECTIONS:
        if allowed(request, permission):
            yield Place(reverse(url_name), name, _("Settings"), "sliders")
    yield Place(reverse("profile"), _("Profile"), "", "user")


def actions(request: HttpRequest) -> Iterator[Place]:
    """What the reader may begin from anywhere."""
    yield from _open(request, _ACTIONS)


def _open(request: HttpRequest, known: tuple[_Known, ...]) -> Iterator[Place]:
    for one in known:
        if not one.permissions or allowed(request, *one.permissions):
            yield Place(reverse(one.url_name) + one.query, one.name, one.part, one.icon)
