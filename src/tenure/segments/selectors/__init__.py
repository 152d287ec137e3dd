"""Reads of segments.

segments_seen(user) -> list[Segment]             shared ones and the user's own, by title
segment_seen(user, pk) -> Segment | None         one of those
definition_of(segment, version=None)             what it says
members_of(segment, on=None) -> frozenset[int]   keys of accounts, as the history has it
members(segment, on=None) -> tuple[int, ...]     worked out now, by what was known on a day
belonging_now(segment) -> Q                      narrows a queryset of accounts
sizes, movements_of, weeks_of                    for lists and the page of one segment
"""

from tenure.segments.selectors.history import (
    Movement,
    Week,
    members_of,
    memberships_of,
    movements_of,
    sizes,
    weeks_of,
)
from tenure.segments.selectors.rules import (
    belonging_now,
    definition_of,
    fields_known,
    fields_of_plays,
    may_edit,
    members,
    segment_seen,
    segments_seen,
    versions_of,
)

__all__ = [
    "Movement",
    "Week",
    "belonging_now",
    "definition_of",
    "fields_known",
    "fields_of_plays",
    "may_edit",
    "members",
    "members_of",
    "memberships_of",
    "movements_of",
    "segment_seen",
    "segments_seen",
    "sizes",
    "versions_of",
    "weeks_of",
]
