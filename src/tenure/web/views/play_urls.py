"""Addresses of plays."""

from django.urls import path

from tenure.web.views import (
    play_approvals,
    play_edit,
    play_outgoing,
    play_past,
    play_preview,
    play_runs,
    play_text,
    play_versions,
    plays,
)

_ONE = "plays/<str:key>"
urlpatterns = [
    path("plays", plays.plays, name="plays"),
    path("plays/new", play_edit.play_new, name="play_new"),
    path("plays/import", play_text.play_import, name="play_import"),
    path("plays/approvals", play_approvals.approvals, name="approvals"),
    path(
        "plays/approvals/<int:approval_id>/decide",
        play_approvals.approval_answer,
        name="approval_answer",
    ),
    path("plays/outgoing", play_outgoing.outgoing, name="outgoing"),
    path(
        "plays/outgoing/<int:outgoing_id>/again",
        play_outgoing.outgoing_send_again,
        name="outgoing_again",
    ),
    path("past-plays/<str:key>", play_past.past_play, name="past_play"),
    path("plays/runs/<int:run_id>", play_runs.run, name="run"),
    path("plays/runs/<int:run_id>/stop", play_runs.run_end_by_hand, name="run_stop"),
    path("accounts/<int:account_id>/start", play_runs.play_start, name="play_start"),
    path(_ONE, plays.play, name="play"),
    path(f"{_ONE}/accounts", plays.play_runs, name="play_runs"),
    path(f"{_ONE}/effect", plays.play_effect, name="play_effect"),
    path(f"{_ONE}/held-back", plays.play_held, name="play_held"),
    path(f"{_ONE}/versions", plays.play_versions, name="play_versions"),
    path(f"{_ONE}/versions/<int:number>/restore", play_versions.play_restore, name="play_restore"),
    path(f"{_ONE}/off", play_versions.play_off, name="play_off"),
    path(f"{_ONE}/retire", play_versions.play_retire, name="play_retire"),
    path(f"{_ONE}/preview", play_preview.play_preview, name="play_preview"),
    path(f"{_ONE}/preview.csv", play_preview.preview_csv, name="play_preview_csv"),
    path(
        f"{_ONE}/versions/<int:number>/preview",
        play_preview.preview_make,
        name="play_preview_make",
    ),
    path(f"{_ONE}/versions/<int:number>/on", play_preview.play_on, name="play_on"),
    path(f"{_ONE}/edit", play_edit.play_edit, name="play_edit"),
    path(f"{_ONE}/text", play_text.play_as_text, name="play_text"),
    path(f"{_ONE}/export.yaml", plays.play_yaml, name="play_yaml"),
]
