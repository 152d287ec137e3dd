"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path

from tenure.web.views import accounts, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shell.home, name="home"),
    path("healthz", shell.healthz, name="healthz"),
    path("theme", shell.theme, name="theme"),
    path("profile", shell.profile, name="profile"),
    path("accounts", accounts.accounts, name="accounts"),
    path("accounts.csv", accounts.accounts_csv, name="accounts_csv"),
    path("accounts/assign", accounts.accounts_assign, name="accounts_assign"),
    path("accounts/views", accounts.view_add, name="view_add"),
    path("accounts/views/<int:view_id>/forget", accounts.view_remove, name="view_remove"),
    path("accounts/<int:account_id>", accounts.accounts, name="account"),
    path("kit", shell.kit, name="kit"),
]
