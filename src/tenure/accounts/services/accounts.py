"""Writes of accounts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from tenure.accounts.models import Account
from tenure.accounts.rows import AccountRow, OwnerRow
from tenure.accounts.services.attributes import upsert
from tenure.accounts.services.hierarchy import account_link_parents
from tenure.accounts.services.owners import owner_assign
from tenure.core import clock
from tenure.core.facts import RowReject, Written

COLUMNS = (
    "name",
    "domain",
    "industry",
    "country",
    "language",
    "employees",
    "segment",
    "created_at",
)


@transaction.atomic
def account_upsert_many(
    *,
    rows: Sequence[AccountRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write accounts by their ids. `given`: the columns the rows speak of (all when None);
    others keep their value. A parent may come later among the rows.
    """
    moment = at or clock.now()
    named = frozenset(AccountRow.__struct_fields__ if given is None else given)

    def born(row: AccountRow) -> datetime:
        return min(row.created_at, moment) if history and row.created_at else moment

    columns = [c for c in COLUMNS if c in named]
    done = upsert(model=Account, rows=rows, columns=columns, recorded=born, at=moment)
    touched = {*done.created, *done.changed}
    rejected = list(done.rejected)
    last = {row.id: index for index, row in enumerate(rows)}
    if "csm_email" in named:
        owners = {
            row.id: OwnerRow(row.id, row.csm_email, born(row) if i in done.created else None)
            for row, i in ((rows[i], i) for i in last.values())
        }
        touched |= _owned(owners, last, moment, rejected)
    if "parent_id" in named:
        wanted = {row.id: row.parent_id for row in (rows[i] for i in last.values())}
        born_now = {rows[i].id for i in done.created}
        linked = account_link_parents(parents=wanted, created=born_now, at=moment)
        touched |= {last[name] for name in linked.changed}
        rejected += [
            RowReject(last[name], "parent_id", wanted[name], reason, kept=True)
            for name, reason in linked.refused.items()
        ]
    unchanged = len(rows) - len(touched) - sum(not reject.kept for reject in rejected)
    return Written(
        len(touched),
        unchanged,
        tuple(sorted(rejected)),
        tuple(sorted(touched)),
        tuple(done.created),
    )


def _owned(
    owners: dict[str, OwnerRow], last: dict[str, int], at: datetime, rejected: list[RowReject]
) -> set[int]:
    ids = list(owners)
    done = owner_assign(rows=[owners[name] for name in ids], at=at)
    rejected += [
        RowReject(last[ids[r.row]], r.column, r.value, r.reason, kept=True) for r in done.rejected
    ]
    return {last[ids[i]] for i in done.changed}
