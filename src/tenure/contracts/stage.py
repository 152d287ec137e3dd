"""The refresh stage `contracts`: every account's current contract, from its periods."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.contracts.selectors import periods_as_known, rates
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.engine.money import AccountState, by_account, state_at

CHUNK = 2000
_WRITTEN = [
    field.name
    for field in ContractState._meta.concrete_fields  # noqa: SLF001 - Django's public-by-use API
    if field.name not in {"id", "account"}
]

_SAME = [name for name in _WRITTEN if name not in {"as_of", "plan", "unconverted"}]


def contracts_refresh(refresh: Refresh) -> dict[str, Any]:
    """Fill `ContractState` of all accounts, in chunks that each stand on their own."""
    rows = _states()
    total = Account.objects.count()
    done = unconverted = 0
    while chunk := list(islice(rows, CHUNK)):
        with transaction.atomic():
            ContractState.objects.bulk_create(
                chunk,
                update_conflicts=True,
                unique_fields=["account"],
                update_fields=_WRITTEN,
            )
        done += len(chunk)
        unconverted += sum(row.mrr is None for row in chunk)
        refresh.report(done, total)
    return {"accounts": done, "unconverted": unconverted}


def _states() -> Iterator[ContractState]:
    now = clock.now()
    conversion = rates().on(now.date())
    periods = by_account(periods_as_known())
    for account in Account.objects.order_by("pk").values_list("pk", flat=True).iterator():
        yield _row(account, state_at(periods.get(account, []), now, conversion))


def _row(account: int, state: AccountState) -> ContractState:
    same = {name: getattr(state, name) for name in _SAME}
    return ContractState(
        account_id=account,
        as_of=state.moment,
        plan_id=state.plan,
        unconverted=",".join(state.unconverted)[:100],
        **same,
    )
