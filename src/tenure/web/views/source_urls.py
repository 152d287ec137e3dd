"""Addresses under /data, and the ladder."""

from django.urls import URLPattern, path

from tenure.web.views import ladder, sources, start, uploads

urlpatterns: list[URLPattern] = [
    path("ladder", ladder.ladder, name="ladder"),
    path("start", start.start, name="start"),
    path("data", sources.data, name="data"),
    path("data/upload", uploads.upload_new, name="data_upload"),
    path("data/upload/<int:upload_id>", uploads.upload_one, name="data_upload_one"),
    path("data/loads", sources.loads, name="data_loads"),
    path("data/loads/<int:load_id>", sources.load, name="data_load"),
    path("data/rejected", sources.rejects, name="data_rejects"),
    path("data/rejected.csv", sources.rejects_csv, name="data_rejects_csv"),
    path("data/findings", sources.findings, name="data_findings"),
    path("data/identity", sources.identity, name="data_identity"),
    path("data/refresh", sources.refresh, name="data_refresh"),
]
