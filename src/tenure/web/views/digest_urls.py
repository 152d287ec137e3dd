"""Addresses of digests, and of the links that end mails."""

from django.urls import URLPattern, path

from tenure.web.views import digest, leave_plays

urlpatterns: list[URLPattern] = [
    path("profile/digest", digest.profile_digest, name="profile_digest"),
    path("unsubscribe/<str:token>", digest.unsubscribe, name="unsubscribe"),
    path(
        "unsubscribe/person/<str:token>", leave_plays.unsubscribe_person, name="unsubscribe_person"
    ),
]
