"""The columns of a store file, the order of its rows, and the size of its row groups."""

import pyarrow as pa

STAMP = pa.timestamp("us", tz="UTC")
ID = pa.int64()

SCHEMA = pa.schema(
    [
        pa.field("account_id", ID, nullable=False),  # 0: waits for identity
        pa.field("person_id", ID, nullable=False),  # 0: nobody known
        pa.field("actor_id", ID, nullable=False),  # the identifier's key; 0: none
        pa.field("ref_id", ID, nullable=False),  # the named account id's key; 0: none
        pa.field("event", pa.string(), nullable=False),
        pa.field("occurred_at", STAMP, nullable=False),
        pa.field("received_at", STAMP, nullable=False),
        pa.field("message_id", pa.binary(), nullable=False),  # 16 bytes
        pa.field("properties", pa.string()),
    ]
)

ORDER = ["account_id", "occurred_at", "message_id"]

# Small enough that one account's range skips most of a file, large enough to stay columnar.
ROW_GROUP = 65_536

INCOMING = pa.schema(
    [
        ("message_id", pa.string()),
        ("event", pa.string()),
        ("occurred_at", STAMP),
        ("received_at", STAMP),
        ("user_id", pa.string()),
        ("anonymous_id", pa.string()),
        ("account_id", pa.string()),
        ("properties", pa.string()),
    ]
)
