"""Addresses under /settings."""

from django.urls import URLPattern, path

from tenure.web.views.settings import (
    audit,
    benchmarks,
    churn,
    currencies,
    forecast,
    frame,
    keys,
    ladder,
    mail,
    metrics,
    scorecards,
    tiers,
    users,
    versions,
    workload,
)

urlpatterns: list[URLPattern] = [
    path("settings", frame.settings, name="settings"),
    path("settings/metrics", metrics.metrics, name="settings_metrics"),
    path("settings/metrics/new", metrics.metric_new, name="settings_metric_new"),
    path("settings/metrics/key/<str:key>", metrics.metric, name="settings_metric"),
    path("settings/scorecards", scorecards.scorecards, name="settings_scorecards"),
    path("settings/scorecards/new", scorecards.scorecard_new, name="settings_scorecard_new"),
    path("settings/scorecards/key/<str:key>", scorecards.scorecard, name="settings_scorecard"),
    path("settings/tiers", tiers.tiers, name="settings_tiers"),
    path("settings/ladder", ladder.ladder, name="settings_ladder"),
    path("settings/churn", churn.churn, name="settings_churn"),
    path("settings/forecast", forecast.forecast, name="settings_forecast"),
    path("settings/workload", workload.workload_page, name="settings_workload"),
    path("settings/benchmarks", benchmarks.benchmarks, name="settings_benchmarks"),
    path("settings/currencies", currencies.currencies, name="settings_currencies"),
    path("settings/keys", keys.keys, name="settings_keys"),
    path("settings/keys/<int:key_id>/revoke", keys.key_stop, name="settings_key_revoke"),
    path("settings/users", users.users, name="settings_users"),
    path("settings/users/<int:user_id>", users.user, name="settings_user"),
    path("settings/mail", mail.mail, name="settings_mail"),
    path("settings/mail/test", mail.mail_test, name="settings_mail_test"),
    path("settings/audit", audit.audit, name="settings_audit"),
    path(
        "settings/versions/<str:kind>/<str:key>/<int:number>",
        versions.version,
        name="settings_version",
    ),
    path(
        "settings/versions/<str:kind>/<str:key>/<int:number>/restore",
        versions.version_restore,
        name="settings_version_restore",
    ),
    path(
        "settings/versions/<str:kind>/<str:key>/retire",
        versions.definition_retire,
        name="settings_retire",
    ),
]
