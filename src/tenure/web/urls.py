"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from tenure.web.views import account, accounts, retention, search, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shell.home, name="home"),
    path("healthz", shell.healthz, name="healthz"),
    path("theme", shell.theme, name="theme"),
    path("profile", shell.profile, name="profile"),
    path("accounts", accounts.accounts, name="accounts"),
    path("accounts.csv", accounts.accounts_csv, name="accounts_csv"),
    path("", include("tenure.web.views.today_urls")),
    path("", include("tenure.web.views.digest_urls")),
    path("accounts/assign", accounts.accounts_assign, name="accounts_assign"),
    path("accounts/views", accounts.view_add, name="view_add"),
    path("accounts/views/<int:view_id>/forget", accounts.view_remove, name="view_remove"),
    path("accounts/<int:account_id>", account.overview, name="account"),
    path("accounts/<int:account_id>/outlook", account.foresight, name="account_outlook"),
    path("accounts/<int:account_id>/health", account.health, name="account_health"),
    path("accounts/<int:account_id>/usage", account.usage, name="account_usage"),
    path("accounts/<int:account_id>/people", account.people, name="account_people"),
    path("accounts/<int:account_id>/contract", account.contract, name="account_contract"),
    path("accounts/<int:account_id>/timeline", account.timeline, name="account_timeline"),
    path("accounts/<int:account_id>/details", account.details, name="account_details"),
    path("accounts/<int:account_id>/pulse", account.pulse_add, name="pulse_add"),
    path("accounts/<int:account_id>/note", account.note_add, name="note_add"),
    path("search", search.search, name="search"),
    path("retention", retention.retention, name="retention"),
    path("", include("tenure.web.views.adoption_urls")),
    path("", include("tenure.web.views.segment_urls")),
    path("", include("tenure.web.views.renewal_urls")),
    path("", include("tenure.web.views.letter_urls")),
    path("", include("tenure.web.views.play_urls")),
    path("", include("tenure.web.views.team_urls")),
    path("", include("tenure.web.views.advice_urls")),
    path("", include("tenure.web.views.source_urls")),
    path("", include("tenure.web.views.model_urls")),
    path("", include("tenure.web.views.settings.urls")),
    path("kit", shell.kit, name="kit"),
]
