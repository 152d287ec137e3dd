"""Addresses of digests."""

from django.urls import URLPattern, path

from tenure.web.views import digest

urlpatterns: list[URLPattern] = [
    path("profile/digest", digest.profile_digest, name="profile_digest"),
    path("unsubscribe/<str:token>", digest.unsubscribe, name="unsubscribe"),
]
