"""Addresses of the page Team and of the page for executives."""

from django.urls import URLPattern, path

from tenure.web.views import executive, team

urlpatterns: list[URLPattern] = [
    path("team", team.team, name="team"),
    path("team/hours/<int:user_id>", team.capacity, name="team_capacity"),
    path("team/rebalance", team.rebalance, name="team_rebalance"),
    path("team/rebalance/apply", team.rebalance_apply, name="team_rebalance_apply"),
    path("team/rebalance/undo", team.rebalance_undo, name="team_rebalance_undo"),
    path("executive", executive.executive, name="executive"),
]
