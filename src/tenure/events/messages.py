"""The one shape every tracking message has once a door has taken it, whatever its dialect."""

from datetime import datetime
from typing import Any, Literal

import msgspec

Kind = Literal["track", "identify", "group", "alias"]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as kept and resolved. Pages and screens are tracks with their own event names.

    `occurred_at` is the sender's time, corrected for clock skew and never after `received_at`.
    `account_id` is the account (group) the message names, if any; `previous_id` belongs to alias.
    `properties` are a track's; `traits` belong to identify and group.
    """

    kind: Kind
    message_id: str
    occurred_at: datetime
    received_at: datetime
    user_id: str | None = None
    anonymous_id: str | None = None
    account_id: str | None = None
    previous_id: str | None = None
    event: str | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
