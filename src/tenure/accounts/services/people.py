"""Writes of people, with the short form of one membership each."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.models import Account, Membership, Person, PersonRole
from tenure.accounts.rows import PersonRow
from tenure.accounts.services.attributes import Upserted, upsert
from tenure.core import clock, reasons
from tenure.core.facts import CHUNK, RowReject, Written
from tenure.core.insertion import insert

COLUMNS = (
    "email",
    "name",
    "title",
    "role",
    "language",
    "phone",
    "consent_at",
    "created_at",
)


@transaction.atomic
def person_upsert_many(
    *,
    rows: Sequence[PersonRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write people by their ids. `account_id` makes them members of that account, undated; a
    changed role moves the undated memberships that had the old one.
    """
    moment = at or clock.now()
    named = frozenset(PersonRow.__struct_fields__ if given is None else given)

    def born(row: PersonRow) -> datetime:
        return min(row.created_at, moment) if history and row.created_at else moment

    columns = [c for c in COLUMNS if c in named]
    done = upsert(model=Person, rows=rows, columns=columns, recorded=born, at=moment)
    touched = {*done.created, *done.changed}
    rejected = list(done.rejected)
    last = {row.id: index for index, row in enumerate(rows)}
    _move_roles(rows, done)
    if "account_id" in named:
        members = [(i, rows[i]) for i in last.values() if rows[i].account_id]
        for start in range(0, len(members), CHUNK):
            touched |= _join(members[start : start + CHUNK], moment, rejected)
    unchanged = len(rows) - len(touched) - sum(not reject.kept for reject in rejected)
    return Written(len(touched), unchanged, tuple(sorted(rejected)), tuple(sorted(touched)))


def _move_roles(rows: Sequence[PersonRow], done: Upserted) -> None:
    """Undated memberships follow the person's role when it changes."""
    moved = {rows[i].id: old["role"] for i, old in done.old.items() if "role" in old}
    if not moved:
        return
    found = Membership.objects.filter(
        person__external_id__in=moved, since__isnull=True, until__isnull=True
    ).select_related("person")
    by_person: dict[int, list[Membership]] = {}
    for row in found:
        by_person.setdefault(row.person_id, []).append(row)
    stale = []
    for group in by_person.values():
        held = {(row.account_id, row.role) for row in group}
        for row in group:
            new = row.person.role or PersonRole.USER
            old = moved[row.person.external_id] or PersonRole.USER
            if row.role == old and (row.account_id, new) not in held:
                row.role = new
                stale.append(row)
    Membership.objects.bulk_update(stale, ["role"], batch_size=CHUNK)


def _join(
    members: Sequence[tuple[int, PersonRow]], at: datetime, rejected: list[RowReject]
) -> set[int]:
    """Make memberships for those who have none at all in the account they name."""
    accounts = dict(
        Account.objects.filter(external_id__in={row.account_id for _i, row in members}).values_list(
            "external_id", "pk"
        )
    )
    people = {
        name: (pk, role)
        for name, pk, role in Person.objects.filter(
            external_id__in=[row.id for _i, row in members]
        ).values_list("external_id", "pk", "role")
    }
    held = set(
        Membership.objects.filter(person__in=[pk for pk, _role in people.values()]).values_list(
            "person_id", "account_id"
        )
    )
    fresh, joined = [], set()
    for index, row in members:
        account, (person, role) = accounts.get(row.account_id), people[row.id]
        if account is None:
            reason = reasons.KEPT_WITHOUT_ACCOUNT
            rejected.append(RowReject(index, "account_id", row.account_id, reason, kept=True))
        elif (person, account) not in held:
            fresh.append(
                {
                    "person_id": person,
                    "account_id": account,
                    "role": role or PersonRole.USER,
                    "recorded_at": at,
                }
            )
            joined.add(index)
    insert(Membership, fresh)
    return joined
