"""The success managers' calls: the newest of each renewal, and where it differs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from django.db.models import Exists, OuterRef, QuerySet

from tenure.accounts.models import Account
from tenure.forecast.models import Call, RenewalCall
from tenure.web.models import Renewal

Key: TypeAlias = tuple[int, date]
BRIGHTER_BELOW = 0.7
DARKER_FROM = {Call.AT_RISK: 0.9, Call.LOST: 0.5}


@dataclass(frozen=True)
class Called:
    """The call that counts. `amount`: the MRR it says is left."""

    call: Call
    amount: float
    row: RenewalCall


def calls_newest(accounts: Collection[int], first: date, last: date) -> dict[Key, RenewalCall]:
    """(account, day) → the newest call of some accounts."""
    rows = RenewalCall.objects.filter(account__in=accounts, renews_on__range=(first, last))
    return {(row.account_id, row.renews_on): row for row in rows.order_by("pk")}


def called_only(renewals: QuerySet[Renewal], made: bool = True) -> QuerySet[Renewal]:
    """Those on which a call was made, or not."""
    calls = RenewalCall.objects.filter(account=OuterRef("account"), renews_on=OuterRef("renews_on"))
    return renewals.filter(Exists(calls) if made else ~Exists(calls))


def called_of(row: RenewalCall, mrr: float | None) -> Called:
    """A call with its amount: as stated, else nothing of one lost, else what was up."""
    return Called(Call(row.call), amount_of(row.call, row.amount, mrr), row)


def amount_of(call: str, amount: Decimal | None, mrr: float | None) -> float:
    """The MRR that a call says is left."""
    if amount is not None:
        return float(amount)
    return 0.0 if call == Call.LOST else mrr or 0.0


def calls_brief(first: date, last: date) -> dict[Key, tuple[str, Decimal | None]]:
    """(account, day) → the newest call and its amount, of all accounts: plain, as they are many."""
    rows = RenewalCall.objects.filter(renews_on__range=(first, last)).order_by("pk")
    told = rows.values_list("account_id", "renews_on", "call", "amount")
    return {(account, day): (call, amount) for account, day, call, amount in told}


def calls_said(accounts: QuerySet[Account], first: date, last: date) -> dict[Key, str]:
    """(account, day) → what the newest call of some accounts says, and nothing else of it."""
    rows = RenewalCall.objects.filter(account__in=accounts, renews_on__range=(first, last))
    told = rows.order_by("pk").values_list("account_id", "renews_on", "call")
    return {(account, day): call for account, day, call in told}


def verdict(call: Call, renew: float | None) -> str:
    """Brighter or darker than the model, or "" when they go together."""
    if renew is None:
        return ""
    if call in {Call.RENEW, Call.UPSELL}:
        return "brighter" if renew < BRIGHTER_BELOW else ""
    return "darker" if renew >= DARKER_FROM[call] else ""


def calls_of(account: Account, day: date) -> list[RenewalCall]:
    """Every call made on a renewal, newest first."""
    rows = RenewalCall.objects.filter(account=account, renews_on=day)
    return list(rows.select_related("author").order_by("-pk"))
