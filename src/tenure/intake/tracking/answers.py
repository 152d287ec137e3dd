"""What the door answers: success, or an error as `{"code", "message"}`."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """A request the door does not take; becomes the answer."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    body: bytes
    headers: Headers


def _headers(body: bytes, extra: Iterable[tuple[bytes, bytes]] = ()) -> Headers:
    # Browsers send from the customer's own pages, so every origin may read the answer.
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"access-control-allow-origin", b"*"),
        *extra,
    ]


def success(value: object) -> Answer:
    """200 with a JSON body."""
    body = msgspec.json.encode(value)
    return Answer(200, body, _headers(body))


def refusal(error: Refused) -> Answer:
    """The error's status, its code and its sentence."""
    body = msgspec.json.encode({"code": error.code, "message": error.message})
    extra = []
    if error.retry_after is not None:
        extra.append((b"retry-after", str(error.retry_after).encode()))
    if error.status == 405:
        extra.append((b"allow", b"POST, OPTIONS"))
    return Answer(error.status, body, _headers(body, extra))


def preflight(wanted: bytes) -> Answer:
    """The answer to a browser that asks before it sends."""
    plain = wanted if len(wanted) < 500 and wanted.isascii() and b"\n" not in wanted else b"*"
    return Answer(
        204,
        b"",
        [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", plain or b"*"),
            (b"access-control-max-age", b"86400"),
        ],
    )


_TAKEN = b'{"success": true}'
TAKEN = Answer(200, _TAKEN, _headers(_TAKEN))
# PostHog's SDKs may ask for feature flags; Tenure has none and says so in every version's shape.
NO_FLAGS = success(
    {
        "flags": {},
        "featureFlags": {},
        "featureFlagPayloads": {},
        "errorsWhileComputingFlags": False,
        "quotaLimited": [],
        "config": {"enable_collect_everything": False},
        "sessionRecording": False,
        "supportedCompression": ["gzip"],
    }
)


def not_found() -> Refused:
    """404: no such address."""
    return Refused(404, "not_found", "There is nothing at this address; see the tracking guide.")


def method_not_allowed() -> Refused:
    """405: not a POST."""
    return Refused(405, "method_not_allowed", "Send events with POST.")


def invalid(message: str) -> Refused:
    """400: cannot be read; `message` says why."""
    return Refused(400, "invalid_request", message)


def invalid_key() -> Refused:
    """401: no such key."""
    return Refused(
        401,
        "invalid_key",
        "The key is missing, wrong or revoked; use one with the scope 'track' from the settings.",
    )


def too_large(limit: int) -> Refused:
    """413: the body exceeds `limit` bytes."""
    return Refused(
        413, "too_large", f"The body may have at most {limit:,} bytes; send smaller batches."
    )


def slow_down(seconds: int) -> Refused:
    """429: the inbox is full for now."""
    return Refused(
        429, "slow_down", "More events wait than may; send this again later.", retry_after=seconds
    )


def unavailable(message: str) -> Refused:
    """503: not kept; the sender tries again."""
    return Refused(503, "unavailable", message, retry_after=5)
