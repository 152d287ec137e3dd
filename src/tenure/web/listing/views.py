"""Views of the list of accounts: those that come with Tenure and those a user named."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.web.access import user_of
from tenure.web.models import SavedView

PRESETS: tuple[tuple[Promise, str], ...] = (
    (_("All"), ""),
    (_("Clients"), "level=client"),
    (_("One clause away"), "flag=one_away"),
    (_("Slipping"), "flag=slipping"),
    (_("Locked in"), "flag=locked_in"),
    (_("Poor health"), "band=poor&sort=-mrr"),
    (_("Renewing in 90 days"), "renews=90&sort=renews"),
    (_("Quiet for 30 days"), "flag=quiet&sort=active"),
)


@dataclass(frozen=True)
class ViewLink:
    """A link to a view. `pk` is set for those a user named."""

    name: str | Promise
    query: str
    current: bool
    pk: int | None = None


def normal(query: str) -> dict[str, list[str]]:
    """A query string as what it asks for, whatever its order; the page number is no part of it."""
    params = QueryDict(query[:2000])
    kept = {k: sorted(v for v in vs if v) for k, vs in params.lists() if k not in {"page", "on"}}
    return {k: vs for k, vs in kept.items() if vs}


def presets(request: HttpRequest) -> list[ViewLink]:
    """The views that come with Tenure."""
    now = normal(request.META.get("QUERY_STRING", ""))
    return [ViewLink(name, query, normal(query) == now) for name, query in PRESETS]


def saved_views(request: HttpRequest) -> list[ViewLink]:
    """The reader's own views of the list, by name."""
    now = normal(request.META.get("QUERY_STRING", ""))
    own = SavedView.objects.filter(user=user_of(request), page="accounts").order_by("name")
    return [ViewLink(v.name, v.query, normal(v.query) == now, v.pk) for v in own]
