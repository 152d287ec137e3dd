"""Addresses of suggestions, and of the plan as leaders see it."""

from django.urls import URLPattern, path

from tenure.web.views import advice, week_plan

ONE = "today/plan/<int:suggestion_id>"
urlpatterns: list[URLPattern] = [
    path(f"{ONE}/accept", advice.suggestion_accept_view, name="suggestion_accept"),
    path(f"{ONE}/edit", advice.suggestion_edit_view, name="suggestion_edit"),
    path(f"{ONE}/dismiss", advice.suggestion_dismiss_view, name="suggestion_dismiss"),
    path(f"{ONE}/snooze", advice.suggestion_snooze_view, name="suggestion_snooze"),
    path(f"{ONE}/hand-over", advice.suggestion_hand_over_view, name="suggestion_hand_over"),
    path(f"{ONE}/take", advice.suggestion_take_view, name="suggestion_take"),
    path(f"{ONE}/reopen", advice.suggestion_reopen_view, name="suggestion_reopen"),
    path("team/plan", week_plan.team_plan, name="team_plan"),
    path("team/plan/anew", week_plan.team_plan_anew, name="team_plan_anew"),
    path("team/plan/give-out", week_plan.team_plan_give_out, name="team_plan_give_out"),
    path("team/plan/suggest", week_plan.team_plan_suggest, name="team_plan_suggest"),
]
