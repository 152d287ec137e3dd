"""Bulk writes of what happened with accounts; one row is a list of one."""

from tenure.timeline.services.acts import (
    advocacy_upsert_many,
    outcome_upsert_many,
    play_record_upsert_many,
)
from tenure.timeline.services.pulses import pulse_record
from tenure.timeline.services.surveys import survey_answer_upsert_many
from tenure.timeline.services.tickets import ticket_upsert_many
from tenure.timeline.services.touchpoints import touchpoint_upsert_many

__all__ = [
    "advocacy_upsert_many",
    "outcome_upsert_many",
    "play_record_upsert_many",
    "pulse_record",
    "survey_answer_upsert_many",
    "ticket_upsert_many",
    "touchpoint_upsert_many",
]
