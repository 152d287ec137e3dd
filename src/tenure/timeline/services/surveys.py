"""Writes of survey answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.facts import (
    account_keys,
    fact_values,
    person_keys,
)
from tenure.accounts.models import Membership
from tenure.core import reasons
from tenure.core.facts import CHUNK, Ledger, RowReject, Values, Written, facts_record, written
from tenure.timeline.models import SurveyAnswer
from tenure.timeline.rows import SurveyAnswerRow

LEDGER = Ledger(SurveyAnswer, key=("external_id",), born="answered_at")
COLUMNS = ("kind", "score", "answered_at", "sent_at", "comment")


@transaction.atomic
def survey_answer_upsert_many(
    *,
    rows: Sequence[SurveyAnswerRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write answers by their ids. The answer of a person who belongs to one account only counts
    for that account.
    """
    accounts = account_keys(row.account_id for row in rows if row.account_id)
    people = person_keys(row.person_id for row in rows)
    homes = _only_accounts(people.values())
    missing: list[RowReject] = []

    def resolve(index: int, row: SurveyAnswerRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        person = values["person_id"] = people.get(row.person_id)
        if row.account_id:
            values["account_id"] = accounts.get(row.account_id)
            if values["account_id"] is None:
                return RowReject(index, "account_id", row.account_id, reasons.NO_ACCOUNT)
        else:
            values["account_id"] = homes.get(person or 0)
        if person is None and not row.account_id:
            reason = reasons.ANSWER_OF_NOBODY if row.person_id else reasons.ANSWER_UNNAMED
            return RowReject(index, "person_id", row.person_id, reason)
        if person is None and row.person_id:
            missing.append(
                RowReject(index, "person_id", row.person_id, reasons.KEPT_WITHOUT_PERSON, kept=True)
            )
        return None

    facts, refused = fact_values(rows, columns=COLUMNS, given=given, resolve=resolve)
    done = facts_record(ledger=LEDGER, rows=facts, at=at, history=history)
    return written(done, [*refused, *missing])


def _only_accounts(people: Iterable[int]) -> Mapping[int, int]:
    """The account of each person who belongs to just one."""
    found: dict[int, set[int]] = {}
    wanted = sorted(set(people))
    for start in range(0, len(wanted), CHUNK):
        rows = Membership.objects.filter(person__in=wanted[start : start + CHUNK])
        for person, account in rows.values_list("person_id", "account_id"):
            found.setdefault(person, set()).add(account)
    return {person: next(iter(held)) for person, held in found.items() if len(held) == 1}
