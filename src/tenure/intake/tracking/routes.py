"""The addresses of the door."""

from dataclasses import dataclass

from tenure.events.inbox.base import Dialect


@dataclass(frozen=True)
class Route:
    """An address that takes events. `single`: it takes one, so an error is about that one."""

    dialect: Dialect
    call: str
    single: bool


_SEGMENT = ("identify", "group", "track", "page", "screen", "alias")
_SEGMENT_BATCH = ("batch", "import")
# Segment's browser library shortens the names.
_SHORT = {"i": "identify", "g": "group", "t": "track", "p": "page", "s": "screen", "a": "alias"}
_POSTHOG = {
    "/batch": "batch",
    "/capture": "capture",
    "/e": "capture",
    "/i/v0/e": "capture",
    "/i/v0/ai/batch": "batch",
}

ROUTES: dict[str, Route] = {
    **{f"/v1/{call}": Route("segment", call, True) for call in _SEGMENT},
    **{f"/v1/{call}": Route("segment", call, False) for call in _SEGMENT_BATCH},
    **{f"/v1/{short}": Route("segment", call, True) for short, call in _SHORT.items()},
    **{path: Route("posthog", call, call != "batch") for path, call in _POSTHOG.items()},
}
FLAGS = frozenset({"/flags", "/decide", "/flags/definitions"})
_FIRST = frozenset({"/v1", "/array", *(f"/{path.split('/')[1]}" for path in (*_POSTHOG, *FLAGS))})


def is_tracking(path: str) -> bool:
    """Whether an address belongs to the door rather than to the pages."""
    return f"/{path.split('/', 2)[1]}" in _FIRST
