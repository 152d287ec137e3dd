"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path

from tenure.web.views import shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shell.home, name="home"),
    path("healthz", shell.healthz, name="healthz"),
    path("theme", shell.theme, name="theme"),
    path("profile", shell.profile, name="profile"),
    path("kit", shell.kit, name="kit"),
]
