"""Writes of tickets."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.facts import account_keys, account_of, fact_values, person_keys
from tenure.core import reasons
from tenure.core.facts import Ledger, RowReject, Values, Written, facts_record, written
from tenure.timeline.models import Ticket
from tenure.timeline.rows import TicketRow

COLUMNS = ("subject", "priority", "opened_at", "first_reply_at", "resolved_at", "csat")
LEDGER = Ledger(
    Ticket,
    key=("external_id",),
    born="opened_at",
    later={"first_reply_at": ("first_reply_at",), "resolved_at": ("resolved_at", "csat")},
)


@transaction.atomic
def ticket_upsert_many(
    *,
    rows: Sequence[TicketRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write tickets by their ids; columns not `given` keep their value."""
    accounts = account_keys(row.account_id for row in rows)
    people = person_keys(row.person_id for row in rows)
    missing: list[RowReject] = []

    def resolve(index: int, row: TicketRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        if given is None or "person_id" in given:
            values["person_id"] = people.get(row.person_id)
            if row.person_id and values["person_id"] is None:
                missing.append(
                    RowReject(
                        index, "person_id", row.person_id, reasons.KEPT_WITHOUT_PERSON, kept=True
                    )
                )
        return account_of(accounts, index, row, values)

    facts, refused = fact_values(rows, columns=COLUMNS, given=given, resolve=resolve)
    lost = {reject.row for reject in refused}
    refused += [reject for reject in missing if reject.row not in lost]
    return written(facts_record(ledger=LEDGER, rows=facts, at=at, history=history), refused)
