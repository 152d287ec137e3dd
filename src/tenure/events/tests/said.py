"""Short ways to make events and messages, and to read the store in the senders' own words."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from tenure.accounts.models import Account, Person
from tenure.events.messages import Message
from tenure.events.selectors import store_snapshot
from tenure.events.store.schema import INCOMING

START = datetime(2026, 1, 30, tzinfo=UTC)


def day(n):
    return START + timedelta(days=n)


def events(*rows):
    full = []
    for row in rows:
        at = row.pop("at", 0)
        when = at if isinstance(at, datetime) else day(at)
        base = dict.fromkeys(INCOMING.names)
        base |= {"event": "opened", "occurred_at": when, "received_at": when}
        full.append(base | row)
    return pa.Table.from_pylist(full, schema=INCOMING)


def said(kind, at=0, **rest):
    ids = {key: value for key, value in rest.items() if value is not None}
    mark = ids.pop("message_id", f"{kind}-{at}-{sorted(ids.items())}")
    return Message(
        kind=kind, message_id=mark, occurred_at=day(at), received_at=day(at + 0.01), **ids
    )


def stored(*columns):
    """All stored events as sorted tuples (account, person, event, day), in external ids."""
    accounts = dict(Account.objects.values_list("pk", "external_id")) | {0: None}
    people = dict(Person.objects.values_list("pk", "external_id")) | {0: None}
    rows = []
    for table in store_snapshot().tables():
        for row in table.to_pylist():
            at = (row["occurred_at"] - START) / timedelta(days=1)
            rows.append((accounts[row["account_id"]], people[row["person_id"]], row["event"], at))
    return sorted(rows, key=str)
