"""Contracts: now from what the refresh derived, on past days from the periods known then."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Q, Value, When
from django.db.models.expressions import Combinable

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState, Plan, SubscriptionPeriod
from tenure.contracts.selectors import periods_as_known, rates
from tenure.core.stored import as_stored
from tenure.engine.money import by_account, state_at
from tenure.segments.facts.invoices import overdue_days
from tenure.segments.facts.moment import Moment
from tenure.segments.facts.reading import day_of, days, known
from tenure.segments.facts.trials import ends

_AS: Mapping[str, type] = {"notice": bool, "auto_renew": bool, "mrr": float}
_DAYS = ("renews_at", "paying_since", "ended_at")
WORKED_OUT = {
    "notice": ("cancel_notified_at",),
    "lifecycle": ("is_trial", "ended_at", "first_paid_at"),
}
"""Fields that are not kept as such, and what they are worked out from."""


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Terms of the contracts, in the words of the fields; what is empty is not known."""
    wanted = sorted(names - APART.keys())
    found: dict[str, Mapping[int, Any]] = {name: APART[name](moment) for name in names - {*wanted}}
    if wanted:
        found |= _now(moment, wanted) if moment.is_now else _past(moment, wanted)
    return found


def _now(moment: Moment, wanted: Sequence[str]) -> dict[str, Mapping[int, Any]]:
    columns = [_column(name, moment.end) for name in wanted]
    rows = list(moment.of(ContractState.objects.all()).values_list("account_id", *columns))
    found: dict[str, Mapping[int, Any]] = {}
    for at, name in enumerate(wanted, start=1):
        found[name] = days(rows, at) if name in _DAYS else known(rows, at)
    for name, made in _AS.items():
        if name in found:
            found[name] = {account: made(value) for account, value in found[name].items()}
    return found


def _column(name: str, end: datetime) -> Combinable:
    """A field as the database works it out; as `value_of` does."""
    if name in _DAYS:
        return day_of(name)
    if name == "notice":
        return as_stored(Case(When(cancel_notified_at__lte=end, then=Value(1)), default=Value(0)))
    if name == "lifecycle":
        return Case(
            When(is_trial=True, then=Value("trial")),
            When(first_paid_at__isnull=True, then=Value("prospect")),
            When(ended_at__lte=end, then=Value("former")),
            default=Value("paying"), output_field=CharField(),
        )  # fmt: skip
    return as_stored("plan__name" if name == "plan" else name)


def _past(moment: Moment, wanted: Sequence[str]) -> dict[str, Mapping[int, Any]]:
    found: dict[str, dict[int, Any]] = {name: {} for name in wanted}
    needed = sorted({part for name in wanted for part in WORKED_OUT.get(name, (name,))})
    for account, terms in _then(moment, needed):
        for name in wanted:
            value = value_of(name, terms, moment.end)
            if value not in (None, ""):
                found[name][account] = value
    return dict(found)


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
