"""Writes of plans and suggestions; each checks who may, keeps the change and is audited."""

from tenure.advice.services.deciding import (
    suggestion_dismiss,
    suggestion_hand_over,
    suggestion_reopen,
    suggestion_snooze,
)
from tenure.advice.services.planning import week_plan
from tenure.advice.services.pool import pool_give_out, suggestion_take, turns
from tenure.advice.services.taking import suggestion_accept, suggestion_edit

__all__ = [
    "pool_give_out",
    "suggestion_accept",
    "suggestion_dismiss",
    "suggestion_edit",
    "suggestion_hand_over",
    "suggestion_reopen",
    "suggestion_snooze",
    "suggestion_take",
    "turns",
    "week_plan",
]
