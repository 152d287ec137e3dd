"""Writes of outcomes, advocacy and past plays."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.facts import account_keys, account_of, fact_values
from tenure.core.facts import Ledger, RowReject, Values, Written, facts_record, written
from tenure.timeline.models import Advocacy, Outcome, PlayRecord
from tenure.timeline.rows import AdvocacyRow, OutcomeRow, PlayRow

OUTCOMES = Ledger(Outcome, key=("external_id",), born="confirmed_at")
ADVOCACY = Ledger(Advocacy, key=("external_id",), born="occurred_at")
PLAYS = Ledger(PlayRecord, key=("account_id", "play", "assigned_at"), born="assigned_at")


@transaction.atomic
def outcome_upsert_many(
    *,
    rows: Sequence[OutcomeRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write outcomes by their ids; columns not `given` keep their value."""
    keys = account_keys(row.account_id for row in rows)

    def resolve(index: int, row: OutcomeRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        return account_of(keys, index, row, values)

    columns = ("title", "metric", "target", "due_on", "status", "confirmed_at", "confirmed_by")
    facts, refused = fact_values(rows, columns=columns, given=given, resolve=resolve)
    return written(facts_record(ledger=OUTCOMES, rows=facts, at=at, history=history), refused)


@transaction.atomic
def advocacy_upsert_many(
    *,
    rows: Sequence[AdvocacyRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write acts of advocacy by their ids."""
    keys = account_keys(row.account_id for row in rows)

    def resolve(index: int, row: AdvocacyRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        return account_of(keys, index, row, values)

    columns = ("kind", "occurred_at")
    facts, refused = fact_values(rows, columns=columns, given=given, resolve=resolve)
    return written(facts_record(ledger=ADVOCACY, rows=facts, at=at, history=history), refused)


@transaction.atomic
def play_record_upsert_many(
    *,
    rows: Sequence[PlayRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write past plays by account, play and the time of assignment."""
    keys = account_keys(row.account_id for row in rows)

    def resolve(index: int, row: PlayRow, values: Values) -> RowReject | None:
        return account_of(keys, index, row, values)

    columns = ("play", "arm", "assigned_at", "propensity")
    facts, refused = fact_values(rows, columns=columns, given=given, resolve=resolve)
    return written(facts_record(ledger=PLAYS, rows=facts, at=at, history=history), refused)
