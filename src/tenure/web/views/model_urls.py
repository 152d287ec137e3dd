"""Addresses under /models."""

from django.urls import URLPattern, path

from tenure.web.views import models

urlpatterns: list[URLPattern] = [
    path("models", models.models, name="models"),
    path("models/backtests", models.backtests, name="models_backtests"),
    path("models/backtests.csv", models.backtests_csv, name="models_backtests_csv"),
    path("models/backtests.json", models.backtests_json, name="models_backtests_json"),
    path("models/health-score", models.health_score, name="models_health"),
    path("models/track-record", models.track_record, name="models_record"),
    path("models/runs", models.run_list, name="models_runs"),
    path("models/runs/<int:run_id>", models.run_page, name="models_run"),
]
