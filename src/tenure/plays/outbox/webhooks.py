"""Webhooks after the specification Standard Webhooks 1.0, and chat messages as incoming webhooks.

Both are handed over at least once: a webhook has the same id and the same body at every attempt, so
its receiver can tell a second one from a new one.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.mail.lines import one_line
from tenure.plays.models import Channel, Outgoing
from tenure.plays.outbox.outcome import Outcome
from tenure.plays.outbox.posting import Broken, Unreached, post
from tenure.plays.outbox.reach import NotFound, target_of

State = Outgoing.State
PREFIX = "whsec_"
EVERYBODY = re.compile(r"@(?=(?:all|channel|everyone|here)\b)", re.IGNORECASE)
GONE = 410
NO_CHANNEL = gettext_noop("Its channel is not there any more.")


def secret_make() -> str:
    """A new secret for signing, in the form of the specification."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def body_of(payload: Any) -> bytes:
    """A payload as it is sent; the same bytes at every attempt."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def signature(secret: str, name: str, moment: int, body: bytes) -> str:
    """The signature of one attempt: HMAC-SHA256 over id, time (seconds) and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{name}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send_webhook(row: Outgoing, handing: Callable[[], bool]) -> Outcome | None:
    """Send the event of a row to its channel."""
    if row.channel is None or row.channel.retired_at is not None:
        return Outcome(State.DROPPED, NO_CHANNEL)
    body, moment = body_of(row.payload), int(clock.now().timestamp())
    headers = {
        "webhook-id": row.key,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(row.channel.secret, row.key, moment, body),
    }
    return _post(row.channel, body, headers, handing)


def send_chat(row: Outgoing, handing: Callable[[], bool]) -> Outcome | None:
    """Post the text of a row as Slack, Mattermost and Teams take it."""
    if row.channel is None or row.channel.retired_at is not None:
        return Outcome(State.DROPPED, NO_CHANNEL)
    body = body_of({"text": plain(row.payload["text"])})
    return _post(row.channel, body, {}, handing)


def plain(text: str) -> str:
    """A text in which Slack finds no link and no mention, and Mattermost no call to everybody."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return EVERYBODY.sub("@\N{ZERO WIDTH SPACE}", text)


def _post(
    channel: Channel, body: bytes, headers: dict[str, str], handing: Callable[[], bool]
) -> Outcome | None:
    try:
        target = target_of(channel.url, private=channel.private)
    except NotFound as error:
        return Outcome(State.WAITING, one_line(error))
    except TenureError as error:
        return Outcome(State.FAILED, str(error))
    if not handing():
        return None
    usual = {"Content-Type": "application/json", "User-Agent": "Tenure", "Connection": "close"}
    try:
        answer = post(target, body, usual | headers)
    except (Unreached, Broken) as error:
        return Outcome(State.WAITING, one_line(error))
    if answer.status // 100 == 2:
        return Outcome(State.SENT)
    said = one_line(f"{answer.status} {answer.reason}")
    return Outcome(State.FAILED if answer.status == GONE else State.WAITING, said)
