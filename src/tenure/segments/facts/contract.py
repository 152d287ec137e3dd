"""Contracts: now from what the refresh derived, on past days from the periods known then."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState, Plan, SubscriptionPeriod
from tenure.contracts.selectors import periods_as_known, rates
from tenure.engine.money import by_account, state_at
from tenure.segments.facts.moment import Moment

_DAYS = ("renews_at", "paying_since", "ended_at")
_SAME = (
    "mrr", "tier", "seats", "interval", "term_months", "paid_months", "renewals_completed",
    "auto_renew",
)  # fmt: skip
_READ = (*_SAME, *_DAYS, "is_trial", "first_paid_at", "cancel_notified_at")


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Terms of the contracts, in the words of the fields; what is empty is not known."""
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    if names - {"currency"}:
        for account, terms in _now() if moment.is_now else _then(moment):
            for name, value in _told(terms, moment.end).items():
                if name in found and value not in (None, ""):
                    found[name][account] = value
    if "currency" in names:
        found["currency"] = _currencies(moment)
    return found


def _now() -> Iterator[tuple[int, dict[str, Any]]]:
    fields = ("account_id", "plan__name", *_READ)
    for account, plan, *values in ContractState.objects.values_list(*fields).iterator():
        yield account, {"plan": plan, **dict(zip(_READ, values, strict=True))}


def _then(moment: Moment) -> Iterator[tuple[int, dict[str, Any]]]:
    conversion = rates().on(moment.day)
    plans = dict(Plan.objects.values_list("pk", "name"))
    periods = by_account(periods_as_known(moment.end))
    for account in Account.objects.order_by("pk").values_list("pk", flat=True):
        state = state_at(periods.get(account, []), moment.end, conversion)
        terms = {name: getattr(state, name) for name in _READ}
        yield account, {"plan": plans.get(state.plan or 0), **terms}


def _told(terms: Mapping[str, Any], end: datetime) -> dict[str, Any]:
    told = {name: terms[name] for name in ("plan", *_SAME)}
    told["mrr"] = None if told["mrr"] is None else float(told["mrr"])
    told |= {name: terms[name].date() if terms[name] else None for name in _DAYS}
    notice = terms["cancel_notified_at"]
    told["notice"] = notice is not None and notice <= end
    told["lifecycle"] = _lifecycle(terms, end)
    return told


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
    ordered = rows.order_by("mrr", "pk").values_list("account_id", "currency")
    return {account: currency for account, currency in ordered if currency}
