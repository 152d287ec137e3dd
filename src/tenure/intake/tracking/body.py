"""Reading a request's body: never more than the limit, neither as sent nor as inflated."""

import base64
import binascii
import zlib
from urllib.parse import unquote_to_bytes

from tenure.intake.tracking.answers import invalid, too_large

LARGEST_BATCH = 500 * 1024
_GZIP = b"\x1f\x8b"


def inflated(body: bytes, encoding: bytes, limit: int = LARGEST_BATCH) -> bytes:
    """The body as JSON text. gzip is known by its first bytes, because proxies change headers."""
    if body.startswith(_GZIP):
        body = _inflate(body, zlib.MAX_WBITS | 16, limit)
    elif encoding == b"deflate":
        body = _inflate(body, zlib.MAX_WBITS, limit)
    if body.startswith(b"data="):
        body = _form(body)
    if len(body) > limit:
        raise too_large(limit)
    return body


def _inflate(body: bytes, wbits: int, limit: int) -> bytes:
    decoder = zlib.decompressobj(wbits)
    try:
        out = decoder.decompress(body, limit + 1)
    except zlib.error as error:
        raise invalid("The body is compressed but cannot be decompressed.") from error
    if len(out) > limit or decoder.unconsumed_tail:
        raise too_large(limit)
    if not decoder.eof:
        raise invalid("The compressed body ends too early.")
    return out


def _form(body: bytes) -> bytes:
    """Old browser libraries send `data=<base64 of JSON>` as a form."""
    data = unquote_to_bytes(body[5:].split(b"&", 1)[0].replace(b"+", b" ")).replace(b" ", b"+")
    if data.startswith((b"{", b"[")):
        return data
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError) as error:
        raise invalid("The form field 'data' is not base64.") from error
