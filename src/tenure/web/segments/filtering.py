"""Filters by segment: `segment=@12` in an address means the segment with the key 12.

Anything else stands for the attribute `segment` that accounts came with.
"""

import re
from typing import Any

from django.db.models import Q

from tenure.core.models import User
from tenure.core.wording import told
from tenure.segments.models import Segment
from tenure.segments.selectors import belonging_now, segment_seen, segments_seen

_KEPT = re.compile(r"@(\d{1,10})", re.ASCII)
NOBODY = "@"
"""What a segment that the reader may not see is read as: nobody belongs to it."""


def written(segment: Segment) -> str:
    """How a segment is written in an address."""
    return f"@{segment.pk}"


def key_of(text: str) -> int | None:
    """The key of the segment that is meant; None for an attribute."""
    match = _KEPT.fullmatch(text)
    return int(match[1]) if match else None


def read(text: str, reader: User | None) -> str:
    """What was asked for, if the reader may see it; without a reader no segment may be seen."""
    key = key_of(text)
    if key is None:
        return text
    return text if reader is not None and segment_seen(reader, key) else NOBODY


def narrowing(text: str) -> Q:
    """The accounts that belong; `text` as `read` gives it."""
    if text == NOBODY:
        return Q(pk__in=[])
    key = key_of(text)
    return Q(segment=text) if key is None else belonging_now(key)


def mark(text: str) -> Any:
    """Changes whenever who belongs may have, other than by a refresh."""
    key = key_of(text)
    if key is None:
        return text
    rule = Segment.objects.filter(pk=key).values_list("version", "retired_at").first()
    return (text, rule)


def offered(reader: User) -> list[tuple[str, str]]:
    """(as written, title) of every segment the reader may narrow by."""
    return [(written(segment), told(segment.title)) for segment in segments_seen(reader)]
