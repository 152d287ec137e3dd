"""Contracts: now from what the refresh derived, on past days from the periods known then."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import DateField, Q
from django.db.models.functions import Cast

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState, Plan, SubscriptionPeriod
from tenure.contracts.selectors import periods_as_known, rates
from tenure.engine.money import by_account, state_at
from tenure.segments.facts.invoices import overdue_days
from tenure.segments.facts.moment import Moment
from tenure.segments.facts.trials import ends

_DAYS = ("renews_at", "paying_since", "ended_at")
_READ_AS: dict[str, str | Cast] = {
    "plan": "plan__name",
    "renews_at": Cast("renews_at", DateField()),
    "paying_since": Cast("paying_since", DateField()),
}
"""Days are cut from moments by the database: reading moments from text takes most of the time."""
WORKED_OUT = {
    "notice": ("cancel_notified_at",),
    "lifecycle": ("is_trial", "ended_at", "first_paid_at"),
}
"""Fields that are not kept as such, and what they are worked out from."""


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Terms of the contracts, in the words of the fields; what is empty is not known."""
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    wanted = sorted(names - APART.keys())
    # Only what is asked for: most of the time goes into reading moments and amounts from text.
    needed = sorted({part for name in wanted for part in WORKED_OUT.get(name, (name,))})
    if wanted:
        for account, terms in _now(moment, needed) if moment.is_now else _then(moment, needed):
            for name in wanted:
                value = value_of(name, terms, moment.end)
                if value not in (None, ""):
                    found[name][account] = value
    return found | {name: APART[name](moment) for name in names & APART.keys()}


def _now(moment: Moment, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    columns: list[str | Cast] = [_READ_AS.get(name, name) for name in needed]
    rows = moment.of(ContractState.objects.all()).values_list("account_id", *columns)
    for account, *values in rows.iterator():
        yield account, dict(zip(needed, values, strict=True))


def _then(moment: Moment, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    conversion = rates().on(moment.day)
    plans = dict(Plan.objects.values_list("pk", "name"))
    periods = by_account(periods_as_known(moment.end, moment.among))
    accounts = moment.of(Account.objects.order_by("pk"), "pk")
    for account in accounts.values_list("pk", flat=True):
        state = state_at(periods.get(account, []), moment.end, conversion)
        terms = {name: getattr(state, name) for name in needed}
        if "plan" in terms:
            terms["plan"] = plans.get(state.plan or 0)
        yield account, terms


def value_of(name: str, terms: Mapping[str, Any], end: datetime) -> Any:
    """A field's value at the end of a day, of what it is worked out from."""
    if name == "lifecycle":
        return _lifecycle(terms, end)
    if name == "notice":
        notice = terms["cancel_notified_at"]
        return notice is not None and notice <= end
    value = terms[name]
    if name in _DAYS:
        return value.date() if isinstance(value, datetime) else value
    return float(value) if name == "mrr" and value is not None else value


def _lifecycle(terms: Mapping[str, Any], end: datetime) -> str:
    if terms["is_trial"]:
        return "trial"
    ended = terms["ended_at"]
    if terms["first_paid_at"] is None:
        return "prospect"
    return "former" if ended is not None and ended <= end else "paying"


def _currencies(moment: Moment) -> dict[int, str]:
    """The currency of each account's dearest running subscription."""
    runs = Q(ended_at__isnull=True) | Q(ended_at__gte=moment.end)
    rows = SubscriptionPeriod.objects.filter(moment.known, runs, started_at__lt=moment.end)
    ordered = moment.of(rows).order_by("mrr", "pk").values_list("account_id", "currency")
    return {account: currency for account, currency in ordered if currency}


APART: Mapping[str, Callable[[Moment], Mapping[int, Any]]] = {
    "currency": _currencies,
    "overdue_days": overdue_days,
    "trial_ends": ends,
}
"""Fields that are not among the terms of a contract, each read by itself."""
