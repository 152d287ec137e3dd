"""Addresses of the pages; each room that has pages adds its own here."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("api/", include("tenure.api.urls")),
    path("", include("tenure.web.urls")),
]

handler403 = "tenure.web.views.errors.forbidden"
handler404 = "tenure.web.views.errors.not_found"
handler500 = "tenure.web.views.errors.broken"
