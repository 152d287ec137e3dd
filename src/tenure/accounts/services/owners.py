"""Who owns an account, from when until when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.rows import OwnerRow
from tenure.core import clock, reasons
from tenure.core.facts import CHUNK, RowReject, Written
from tenure.core.insertion import insert
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.core.services import user_create


@transaction.atomic
def owner_assign(*, rows: Sequence[OwnerRow], at: datetime | None = None) -> Written:
    """Give accounts to success managers by address. An address nobody has becomes a user who
    cannot sign in until invited. The ownership before ends where the new one starts.
    """
    moment = at or clock.now()
    rejected: list[RowReject] = []
    changed: list[int] = []
    users = _users(rows, rejected)
    refused = {reject.row for reject in rejected}
    for start in range(0, len(rows), CHUNK):
        part = [
            (index, rows[index])
            for index in range(start, min(start + CHUNK, len(rows)))
            if index not in refused
        ]
        changed += _assign(part, users, moment, rejected)
    unchanged = len(rows) - len(changed) - len(rejected)
    return Written(len(changed), unchanged, tuple(sorted(rejected)), tuple(changed))


def _users(rows: Sequence[OwnerRow], rejected: list[RowReject]) -> dict[str, User]:
    """The user of each address in the rows, made when unknown."""
    addresses = sorted({row.csm_email.strip().lower() for row in rows} - {""})
    known = {u.email.lower(): u for part in _parts(addresses) for u in _found(part)}
    for address in addresses:
        if address in known:
            continue
        try:
            validate_email(address)
        except ValidationError:
            reason = reasons.OWNER_KEPT
            rejected += [
                RowReject(index, "csm_email", row.csm_email, reason)
                for index, row in enumerate(rows)
                if row.csm_email.strip().lower() == address
            ]
            continue
        known[address] = user_create(actor=None, email=address, role=Role.CSM)
    return known


def _parts(addresses: list[str]) -> Iterable[list[str]]:
    return (addresses[i : i + CHUNK] for i in range(0, len(addresses), CHUNK))


def _found(addresses: list[str]) -> Iterable[User]:
    """Users are kept with lower-case addresses by `user_create`."""
    return User.objects.filter(email__in=addresses)


def _assign(
    part: Sequence[tuple[int, OwnerRow]],
    users: dict[str, User],
    at: datetime,
    rejected: list[RowReject],
) -> list[int]:
    names = {row.account_id for _i, row in part}
    accounts = dict(Account.objects.filter(external_id__in=names).values_list("external_id", "pk"))
    open_rows = OwnerAssignment.objects.filter(account__in=accounts.values(), until__isnull=True)
    current = {row.account_id: row for row in open_rows}
    touched: list[OwnerAssignment] = []
    changed = []
    for index, row in part:
        pk = accounts.get(row.account_id)
        if pk is None:
            rejected.append(RowReject(index, "account_id", row.account_id, reasons.NO_ACCOUNT))
            continue
        owner = users.get(row.csm_email.strip().lower())
        before = current.pop(pk, None)
        if before is not None and owner is not None and before.owner_id == owner.pk:
            current[pk] = before
        elif before is not None or owner is not None:
            touched += _handed_over(current, pk, before, owner, row.since or at, at)
            changed.append(index)
    # those ended first: an account has at most one open row
    OwnerAssignment.objects.bulk_update([row for row in touched if row.pk], ["until"])
    fresh = [row for row in touched if not row.pk]
    columns = ("account_id", "owner_id", "since", "until", "recorded_at")
    insert(OwnerAssignment, [{name: getattr(row, name) for name in columns} for row in fresh])
    return changed


def _handed_over(
    current: dict[int, OwnerAssignment],
    account: int,
    before: OwnerAssignment | None,
    owner: User | None,
    since: datetime,
    at: datetime,
) -> list[OwnerAssignment]:
    """The rows to write: the ownership that ends (unless it is still unwritten) and the next."""
    touched = []
    if before is not None:
        before.until = max(since, before.since)
        touched += [before] if before.pk else []
    if owner is not None:
        current[account] = OwnerAssignment(
            account_id=account, owner=owner, since=since, recorded_at=at
        )
        touched.append(current[account])
    return touched
