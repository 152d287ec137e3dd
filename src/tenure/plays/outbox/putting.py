"""Putting something into the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenure.accounts.models import Account, Person
from tenure.core import clock
from tenure.core.models import User
from tenure.plays.models import Channel, Outgoing, Run


def outbox_put(
    *,
    key: str,
    kind: str,
    account: Account,
    payload: Mapping[str, Any],
    try_at: datetime,
    run: Run | None = None,
    person: Person | None = None,
    channel: Channel | None = None,
    author: User | None = None,
) -> Outgoing:
    """Have something sent, not before `try_at`; asked for again under its key it is the same one.

    Call it in the transaction of what causes it.
    """
    made, _new = Outgoing.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "account": account,
            "run": run,
            "person": person,
            "channel": channel,
            "author": author,
            "payload": dict(payload),
            "made_at": clock.now(),
            "try_at": try_at,
        },
    )
    return made
