"""Addresses of the page Renewals and of the calls made on it."""

from django.urls import URLPattern, path

from tenure.web.views import renewals

CALL = "renewals/<int:account_id>/<slug:renews_on>/call"
urlpatterns: list[URLPattern] = [
    path("renewals", renewals.renewals, name="renewals"),
    path("renewals.csv", renewals.renewals_csv, name="renewals_csv"),
    path(CALL, renewals.call, name="renewal_call"),
    path(f"{CALL}/record", renewals.call_record, name="renewal_call_record"),
]
