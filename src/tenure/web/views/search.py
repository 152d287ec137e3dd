"""The page Search, and the list under the search box of every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenure.web.access import page
from tenure.web.finding import clean, find


@require_GET
@page()
def search(request: HttpRequest) -> HttpResponse:
    """What is found; only the list when the search box asks for that."""
    text = clean(request.GET.get("q", ""))
    context = {"text": text, "groups": find(request, text)}
    partial = request.headers.get("HX-Target") == "search-found"
    template = "pages/search/found.html" if partial else "pages/search/index.html"
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    response.headers["Cache-Control"] = "no-store"
    return response
