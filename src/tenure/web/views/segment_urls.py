"""Addresses of segments."""

from django.urls import path

from tenure.web.views import segment_edit, segments

_ONE = "accounts/segments/<int:segment_id>"
urlpatterns = [
    path("accounts/segments", segments.segments, name="segments"),
    path("accounts/segments/new", segment_edit.segment_new, name="segment_new"),
    path("accounts/segments/text", segment_edit.segment_new_text, name="segment_new_text"),
    path("accounts/segments/fields", segment_edit.segment_fields, name="segment_fields"),
    path(_ONE, segments.segment, name="segment"),
    path(f"{_ONE}/edit", segment_edit.segment_edit, name="segment_edit"),
    path(f"{_ONE}/text", segment_edit.segment_text, name="segment_text"),
    path(f"{_ONE}/share", segments.segment_share, name="segment_share"),
    path(f"{_ONE}/retire", segments.segment_retire, name="segment_retire"),
    path(f"{_ONE}/restore/<int:number>", segments.segment_restore, name="segment_restore"),
    path(f"{_ONE}.yaml", segments.segment_yaml, name="segment_yaml"),
    path(f"{_ONE}/history.csv", segments.segment_history, name="segment_history"),
]
