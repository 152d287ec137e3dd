"""The REST API's front door; the objects behind it come later."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from tenure import __version__


@require_safe
def about(request: HttpRequest) -> JsonResponse:
    """What answers here, for a client that asks before it sends a key."""
    return JsonResponse({"name": "tenure", "version": __version__, "api": "v1"})
