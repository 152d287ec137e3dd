"""The refresh stage `contracts`: every account's current contract, from its periods."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from django.db import transaction

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.contracts.selectors import periods_as_known, rates
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.engine.money import AccountState, by_account, state_at

CHUNK = 2000
Values: TypeAlias = tuple[Any, ...]

# The columns of ContractState that an AccountState has under the same name.
_SAME = (
    "mrr",
    "tier",
    "seats",
    "interval",
    "term_months",
    "is_trial",
    "paying_since",
    "first_paid_at",
    "paid_months",
    "renewals_completed",
    "renews_at",
    "auto_renew",
    "cancel_notified_at",
    "ended_at",
)
_COLUMNS = ("plan_id", "unconverted", *_SAME)


def contracts_refresh(refresh: Refresh) -> dict[str, Any]:
    """Fill `ContractState` of all accounts, in chunks that each stand on their own."""
    now = clock.now()
    states = _states(now)
    total = Account.objects.count()
    done = changed = unconverted = 0
    while chunk := dict(islice(states, CHUNK)):
        changed += _write(chunk, now)
        done += len(chunk)
        unconverted += sum(bool(values[1]) for values in chunk.values())
        refresh.report(done, total)
    return {"accounts": done, "changed": changed, "unconverted": unconverted}


@transaction.atomic
def _write(chunk: dict[int, Values], now: datetime) -> int:
    """Write the rows that differ from what is stored; the others are only as of now."""
    rows = ContractState.objects.filter(account__gte=min(chunk), account__lte=max(chunk))
    stored = {
        account: tuple(values) for account, *values in rows.values_list("account_id", *_COLUMNS)
    }
    differing = [
        ContractState(account_id=account, as_of=now, **dict(zip(_COLUMNS, values, strict=True)))
        for account, values in chunk.items()
        if stored.get(account) != values
    ]
    ContractState.objects.bulk_create(
        differing,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["as_of", "plan", *_COLUMNS[1:]],
    )
    rows.exclude(as_of=now).update(as_of=now)
    return len(differing)


def _states(now: datetime) -> Iterator[tuple[int, Values]]:
    conversion = rates().on(now.date())
    periods = by_account(periods_as_known())
    accounts: Sequence[int] = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    for account in accounts:
        yield account, _values(state_at(periods.get(account, []), now, conversion))


def _values(state: AccountState) -> Values:
    unconverted = ",".join(state.unconverted)[:100]
    return (state.plan, unconverted, *(getattr(state, name) for name in _SAME))
