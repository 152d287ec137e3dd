"""Which incoming rows can be stored, and the sentence for each that cannot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.core import clock, reasons
from tenure.core.errors import TenureError
from tenure.events.services.identifiers import LONGEST_ID, LONGEST_USER_ID
from tenure.events.store.schema import INCOMING, STAMP

LONGEST_EVENT = 300
_IDS = ["user_id", "anonymous_id", "account_id"]


@dataclass(frozen=True)
class RowRejected:
    """A row (its place in the batch) that cannot be stored."""

    row: int
    column: str
    reason: str


def checked(table: pa.Table) -> tuple[pa.Table, tuple[RowRejected, ...]]:
    """The rows that can be stored, in the store's own types; and the others, with reasons."""
    incoming = _conform(table)
    rejects: list[RowRejected] = []
    bad = np.zeros(incoming.num_rows, dtype=bool)
    for column, mask, reason in _faults(incoming):
        fault = np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool) & ~bad
        rejects += [RowRejected(int(row), column, reason) for row in np.flatnonzero(fault)]
        bad |= fault
    return incoming.filter(pa.array(~bad)), tuple(rejects)


def _conform(table: pa.Table) -> pa.Table:
    columns = []
    for field in INCOMING:
        if field.name in table.column_names:
            try:
                column = table[field.name].cast(field.type)
            except pa.ArrowInvalid as error:
                raise TenureError(
                    f"The events' column {field.name} is {table[field.name].type}, "
                    f"which cannot be read as {field.type}: {error}"
                ) from error
        else:
            column = pa.nulls(table.num_rows, field.type)
        columns.append(_without_blanks(column) if field.name in [*_IDS, "message_id"] else column)
    incoming = pa.table(columns, schema=INCOMING)
    received = pc.fill_null(incoming["received_at"], pa.scalar(clock.now(), STAMP))
    at = INCOMING.get_field_index("received_at")
    return incoming.set_column(at, INCOMING.field(at), received)


def _without_blanks(column: Any) -> Any:
    """Blank ids are no ids; NUL, which PostgreSQL refuses, cannot be part of one."""
    trimmed = pc.utf8_trim_whitespace(pc.replace_substring(column, "\x00", "\ufffd"))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _faults(incoming: pa.Table) -> list[tuple[str, Any, str]]:
    def longer(column: str, most: int) -> Any:
        return pc.fill_null(pc.greater(pc.utf8_length(incoming[column]), most), False)

    nobody = pc.and_(
        pc.and_(pc.is_null(incoming["user_id"]), pc.is_null(incoming["anonymous_id"])),
        pc.is_null(incoming["account_id"]),
    )
    event = pc.utf8_trim_whitespace(pc.fill_null(incoming["event"], ""))
    faults = [
        ("event", pc.equal(event, ""), reasons.NO_EVENT_NAME),
        ("event", longer("event", LONGEST_EVENT), reasons.LONG_NAME % {"most": LONGEST_EVENT}),
        ("timestamp", pc.is_null(incoming["occurred_at"]), reasons.NO_TIME),
        (
            "user_id",
            nobody,
            reasons.NEEDS_ONE_OF % {"columns": "user_id, account_id, anonymous_id"},
        ),
        ("user_id", longer("user_id", LONGEST_USER_ID), too_long(LONGEST_USER_ID)),
        ("anonymous_id", longer("anonymous_id", LONGEST_ID), too_long(LONGEST_ID)),
        ("account_id", longer("account_id", LONGEST_USER_ID), too_long(LONGEST_USER_ID)),
    ]
    year = pc.year(pc.fill_null(incoming["occurred_at"], pa.scalar(clock.now(), STAMP)))
    odd = pc.or_(pc.less(year, 1970), pc.greater(year, 2262))
    outside = reasons.TIME_OUTSIDE_YEARS % {"first": 1970, "last": 2262}
    return [*faults, ("timestamp", odd, outside)]


def too_long(most: int) -> str:
    """The reason for an id that is too long."""
    return reasons.LONG_ID % {"most": most}
