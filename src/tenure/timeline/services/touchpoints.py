"""Writes of touchpoints with the people who took part."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.facts import account_keys, account_of, fact_values, person_keys
from tenure.core import reasons
from tenure.core.facts import (
    CHUNK,
    Ledger,
    Recorded,
    RowReject,
    Values,
    Written,
    facts_record,
    written,
)
from tenure.core.insertion import insert, rows_of
from tenure.timeline.models import Touchpoint
from tenure.timeline.replies import ids_in
from tenure.timeline.rows import TouchpointRow

LEDGER = Ledger(Touchpoint, key=("external_id",), born="occurred_at")
COLUMNS = (
    "kind", "direction", "occurred_at", "subject", "body", "csm_email", "sentiment", "minutes",
    "message_id", "in_reply_to",
)  # fmt: skip
MAIL_IDS = ("message_id", "in_reply_to")


@transaction.atomic
def touchpoint_upsert_many(
    *,
    rows: Sequence[TouchpointRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write touchpoints by their ids; columns not `given` keep their value. Other people taking
    part is a change too.
    """
    accounts = account_keys(row.account_id for row in rows)
    people = person_keys(name for row in rows for name in row.person_ids)
    with_people = given is None or "person_ids" in given

    def resolve(index: int, row: TouchpointRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        for column in MAIL_IDS:
            if column in values:
                values[column] = " ".join(ids_in(values[column]))
        return account_of(accounts, index, row, values)

    facts, refused = fact_values(rows, columns=COLUMNS, given=given, resolve=resolve)
    held = _people_now([values["external_id"] for _index, values in facts])
    wanted = {
        index: frozenset(people[name] for name in rows[index].person_ids if name in people)
        if with_people
        else held.get(rows[index].id, frozenset())
        for index, _values in facts
    }
    refused += [
        RowReject(index, "person_ids", name, reasons.KEPT_WITHOUT_PERSON, kept=True)
        for index in wanted
        for name in rows[index].person_ids
        if name not in people
    ]
    done = facts_record(
        ledger=LEDGER,
        rows=facts,
        at=at,
        history=history,
        forced=lambda index: wanted[index] != held.get(rows[index].id, frozenset()),
    )
    _take_part(done, rows, wanted)
    return written(done, refused)


def _people_now(names: Sequence[str]) -> dict[str, frozenset[int]]:
    through = Touchpoint.people.through
    found: dict[str, set[int]] = {}
    for start in range(0, len(names), CHUNK):
        rows = rows_of(through).filter(
            touchpoint__external_id__in=names[start : start + CHUNK],
            touchpoint__superseded_at__isnull=True,
        )
        for name, person in rows.values_list("touchpoint__external_id", "person_id"):
            found.setdefault(name, set()).add(person)
    return {name: frozenset(held) for name, held in found.items()}


def _take_part(
    done: Recorded, rows: Sequence[TouchpointRow], wanted: dict[int, frozenset[int]]
) -> None:
    links = {rows[index].id: wanted[index] for index in done.written if wanted[index]}
    names = list(links)
    for start in range(0, len(names), CHUNK):
        part = Touchpoint.objects.filter(
            superseded_at__isnull=True, external_id__in=names[start : start + CHUNK]
        )
        insert(
            Touchpoint.people.through,
            [
                {"touchpoint_id": pk, "person_id": person}
                for pk, name in part.values_list("pk", "external_id")
                for person in sorted(links[name])
            ],
        )
