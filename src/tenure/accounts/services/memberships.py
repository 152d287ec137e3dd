"""Writes of dated memberships."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from tenure.accounts.models import Account, Membership, Person, PersonRole
from tenure.accounts.rows import MembershipRow
from tenure.core import clock, reasons
from tenure.core.facts import CHUNK, RowReject, Written
from tenure.core.insertion import insert

Key: TypeAlias = tuple[int, int, str, datetime | None]


@transaction.atomic
def membership_upsert_many(
    *,
    rows: Sequence[MembershipRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write memberships by person, account, role and start. A dated row gives its date to the
    undated one of the same person, account and role, if there is one.
    """
    moment = at or clock.now()
    rejected: list[RowReject] = []
    keyed: dict[Key, tuple[int, MembershipRow]] = {}
    repeated = 0
    for start in range(0, len(rows), CHUNK):
        for key, index, row in _resolve(
            rows, range(start, min(start + CHUNK, len(rows))), rejected
        ):
            before = keyed.get(key)
            if before is not None and before[1].until == row.until:
                repeated += 1
            elif before is not None:
                reason = reasons.LATER_MEMBERSHIP
                rejected.append(RowReject(before[0], "until", str(before[1].until or ""), reason))
            keyed[key] = (index, row)
    keep_until = given is not None and "until" not in given
    changed: list[int] = []
    items = list(keyed.items())
    for start in range(0, len(items), CHUNK):
        changed += _write(items[start : start + CHUNK], moment, history, keep_until)
    unchanged = len(items) - len(changed) + repeated
    return Written(len(changed), unchanged, tuple(sorted(rejected)), tuple(sorted(changed)))


def _resolve(
    rows: Sequence[MembershipRow], places: range, rejected: list[RowReject]
) -> list[tuple[Key, int, MembershipRow]]:
    part = [rows[i] for i in places]
    people = {
        name: (pk, role)
        for name, pk, role in Person.objects.filter(
            external_id__in={row.person_id for row in part}
        ).values_list("external_id", "pk", "role")
    }
    accounts = dict(
        Account.objects.filter(external_id__in={row.account_id for row in part}).values_list(
            "external_id", "pk"
        )
    )
    found = []
    for index in places:
        row = rows[index]
        person, account = people.get(row.person_id), accounts.get(row.account_id)
        if person is None:
            rejected.append(RowReject(index, "person_id", row.person_id, reasons.NO_PERSON))
        elif account is None:
            rejected.append(RowReject(index, "account_id", row.account_id, reasons.NO_ACCOUNT))
        else:
            role = row.role or person[1] or PersonRole.USER
            found.append(((person[0], account, str(role), row.since), index, row))
    return found


def _write(
    items: Sequence[tuple[Key, tuple[int, MembershipRow]]],
    at: datetime,
    history: bool,
    keep_until: bool,
) -> list[int]:
    held = {
        (m.person_id, m.account_id, m.role, m.since): m
        for m in Membership.objects.filter(person__in={key[0] for key, _item in items})
    }
    wanted = {key for key, _item in items}
    fresh, stale, changed = [], [], []
    for key, (index, row) in items:
        undated = (*key[:3], None)
        found = held.get(key)
        if found is None and undated in held and undated not in wanted:
            found = held[key] = held.pop(undated)
        if found is None:
            known = min(row.since, at) if history and row.since else at
            fresh.append(
                {
                    "person_id": key[0],
                    "account_id": key[1],
                    "role": key[2],
                    "since": row.since,
                    "until": row.until,
                    "recorded_at": known,
                }
            )
        elif found.since != row.since or (not keep_until and found.until != row.until):
            found.since = row.since
            found.until = found.until if keep_until else row.until
            stale.append(found)
        else:
            continue
        changed.append(index)
    Membership.objects.bulk_update(stale, ["since", "until"], batch_size=CHUNK)
    insert(Membership, fresh)
    return changed
