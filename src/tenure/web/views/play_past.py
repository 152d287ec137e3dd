"""A play that was run before Tenure, and what it did."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenure.plays.selectors import play_known
from tenure.web.access import SEE_ACCOUNTS, page
from tenure.web.plays.effect import effect_before
from tenure.web.plays.past import past_of


@page(*SEE_ACCOUNTS)
def past_play(request: HttpRequest, key: str) -> HttpResponse:
    """Its effect, or why none can be told."""
    past = None if "\x00" in key else past_of(key)
    if past is None:
        raise Http404(_("There is no such play."))
    context = {
        "past": past,
        "effect": None if past.row.bar else effect_before(past.row.play),
        "same": play_known(key),
    }
    return render(request, "pages/plays/past.html", context)
