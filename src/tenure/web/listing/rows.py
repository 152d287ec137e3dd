"""The rows of a page of accounts, read in a fixed number of queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tenure.accounts.models import Account, OwnerAssignment
from tenure.contracts.models import ContractState
from tenure.core.models import User
from tenure.forecast.models import CurrentForecast
from tenure.health.models import CurrentHealth
from tenure.metrics.models import AccountSnapshot
from tenure.relationship.models import Standing

CHUNK = 2000
BRIEF = ("contract", "health", "standing")
WHOLE = (*BRIEF, "snapshot", "foresight")


@dataclass(frozen=True)
class Row:
    """An account with what the refresh derived of it; a part not computed yet is None."""

    account: Account
    contract: ContractState | None
    health: CurrentHealth | None
    standing: Standing | None
    snapshot: AccountSnapshot | None
    owner: User | None
    foresight: CurrentForecast | None = None

    def metric(self, key: str) -> float | None:
        """The newest value of a metric."""
        return self.snapshot.values.get(key) if self.snapshot else None


def rows_of(keys: Sequence[int]) -> list[Row]:
    """The rows of some accounts, in the order of their keys."""
    accounts = (
        Account.objects.filter(pk__in=keys)
        .select_related("contract__plan", "health", "standing", "snapshot", "foresight")
        .defer("custom", "snapshot__coverage")
    )
    return _in_order(keys, accounts, _owners(keys), WHOLE)


def rows_in_brief(keys: Sequence[int], owned: bool = True) -> list[Row]:
    """The same with a name, what it pays, a score and a level; `owned`: and whose it is."""
    accounts = (
        Account.objects.filter(pk__in=keys)
        .select_related(*BRIEF)
        .only("name", "contract__mrr", "health__value", "health__band", "standing__level")
    )
    return _in_order(keys, accounts, _owners(keys) if owned else {}, BRIEF)


def _owners(keys: Sequence[int]) -> dict[int, User]:
    rows = OwnerAssignment.objects.filter(account__in=keys, until__isnull=True)
    return {row.account_id: row.owner for row in rows.select_related("owner")}


def _in_order(
    keys: Sequence[int],
    accounts: QuerySet[Account],
    owners: Mapping[int, User],
    read: Sequence[str],
) -> list[Row]:
    found = {account.pk: _row(account, owners.get(account.pk), read) for account in accounts}
    return [found[key] for key in keys if key in found]


def _row(account: Account, owner: User | None, read: Sequence[str]) -> Row:
    parts: dict[str, Any] = {
        name: getattr(account, name, None) if name in read else None for name in WHOLE
    }
    return Row(account=account, owner=owner, **parts)


def all_rows(accounts: QuerySet[Account]) -> Iterator[Row]:
    """Every row of a list, a chunk at a time, in its order."""
    keys = list(accounts.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        yield from rows_of(keys[start : start + CHUNK])
