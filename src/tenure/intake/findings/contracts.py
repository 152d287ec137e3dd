"""Checks of subscriptions, plans and money against themselves and their accounts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Lead
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.core import clock
from tenure.core.selectors import currency_rates
from tenure.intake.findings.found import Check, Found
from tenure.intake.models import Finding, LoadedTable, Reject

FLAGS = ("churn_flag", "is_churned", "churned", "has_churned")
_WARNING, _INFO, _ERROR = (
    Finding.Severity.WARNING,
    Finding.Severity.INFO,
    Finding.Severity.ERROR,
)


def _periods() -> QuerySet[SubscriptionPeriod]:
    return SubscriptionPeriod.objects.filter(superseded_at__isnull=True)


def _by_account(rows: QuerySet[Any]) -> Iterator[Found]:
    """One finding for each account, with the first row's id as the example."""
    grouped = rows.values("account_id").annotate(n=Count("pk"), example=Min("external_id"))
    for row in grouped.order_by("account_id"):
        yield Found(row["account_id"], row["n"], {"example": row["example"]})


def overlapping() -> Iterator[Found]:
    """Periods of one subscription that end after its next one started."""
    rows = _periods().annotate(
        next_start=Window(
            Lead("started_at"), partition_by=[F("external_id")], order_by=F("started_at").asc()
        )
    )
    found: dict[int, list[str]] = {}
    for account, name in rows.filter(ended_at__gt=F("next_start")).values_list(
        "account_id", "external_id"
    ):
        found.setdefault(account, []).append(name)
    for account, names in sorted(found.items()):
        yield Found(account, len(names), {"example": min(names)})


def ended_before_started() -> Iterable[Found]:
    """Periods that end before they start."""
    return _by_account(_periods().filter(ended_at__lt=F("started_at")))


def before_account() -> Iterable[Found]:
    """Periods that start before their account signed up."""
    return _by_account(_periods().filter(started_at__lt=F("account__created_at")))


def paid_trials() -> Iterable[Found]:
    """Trials with MRR."""
    return _by_account(_periods().filter(is_trial=True, mrr__gt=0))


def unpaid_plans() -> Iterable[Found]:
    """Periods of a paid plan that are no trial and bring nothing."""
    return _by_account(_periods().filter(is_trial=False, mrr=0, plan__tier__gt=0))


def unconverted() -> Iterator[Found]:
    """Currencies without a rate."""
    known = {currency for currency, _day, _rate in currency_rates()} | {settings.REPORTING_CURRENCY}
    counts: Counter[str] = Counter()
    for rows in (_periods(), Invoice.objects.filter(superseded_at__isnull=True)):
        counts.update(
            dict(rows.values_list("currency").annotate(n=Count("pk")).order_by("currency"))
        )
    for currency, count in sorted(counts.items()):
        if currency not in known:
            yield Found(None, count, {"currency": currency}, currency)


def unknown_plans() -> Iterator[Found]:
    """Plans that the last load of subscriptions named and nobody described."""
    last = LoadedTable.objects.filter(table="subscriptions").order_by("-load_id").first()
    if last is None:
        return
    rows = Reject.objects.filter(load=last.load_id, table="subscriptions", column="plan_id")
    for name, count in rows.values_list("value").annotate(n=Count("pk")).order_by("value"):
        yield Found(None, count, {"plan": name}, name)


def without_subscription() -> Iterator[Found]:
    """Accounts that never had one, once there are any."""
    if not _periods().exists():
        return
    first = _periods().filter(account=OuterRef("pk")).values("pk")[:1]
    rows = Account.objects.annotate(period=Subquery(first)).filter(period__isnull=True)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        yield Found(pk, 1)


def flags_contradict() -> Iterator[Found]:
    """Accounts whose own field says churned while they pay, or the reverse."""
    open_now = Q(ended_at__isnull=True) | Q(ended_at__gt=clock.now())
    paying = _periods().filter(is_trial=False, mrr__gt=0)
    pays_now = set(_still_open(paying.filter(open_now)))
    ever_paid = set(paying.values_list("account_id", flat=True))
    rows = Account.objects.filter(custom__has_any_keys=list(FLAGS)).order_by("pk")
    for pk, custom in rows.values_list("pk", "custom").iterator():
        name = next(flag for flag in FLAGS if flag in custom)
        churned = str(custom[name]).lower() in {"true", "yes", "1", "churned"}
        if churned and pk in pays_now:
            yield Found(pk, 1, {"field": name, "value": str(custom[name])}, "pays")
        elif not churned and pk in ever_paid and pk not in pays_now:
            yield Found(pk, 1, {"field": name, "value": str(custom[name])}, "gone")


def _still_open(rows: QuerySet[SubscriptionPeriod]) -> Iterator[int]:
    """Accounts of periods that no later period of their subscription replaced."""
    latest: dict[str, tuple[datetime, int]] = {}
    everything = _periods().filter(started_at__lte=clock.now())
    for name, start, pk in everything.values_list("external_id", "started_at", "pk").iterator():
        if name not in latest or latest[name][0] < start:
            latest[name] = (start, pk)
    current = {pk for _start, pk in latest.values()}
    for pk, account in rows.values_list("pk", "account_id").iterator():
        if pk in current:
            yield account


CHECKS = (
    Check(
        "period_overlap",
        _WARNING,
        "subscriptions",
        _(
            "Periods of one subscription that end after the next one started: %(count)s, "
            "among them of %(example)s. The later period counts from its start."
        ),
        overlapping,
    ),
    Check(
        "period_ends_before_start",
        _ERROR,
        "subscriptions",
        _("Periods that end before they start: %(count)s, among them of %(example)s."),
        ended_before_started,
    ),
    Check(
        "period_before_account",
        _WARNING,
        "subscriptions",
        _(
            "Subscriptions that start before their account signed up: %(count)s, "
            "among them %(example)s."
        ),
        before_account,
    ),
    Check(
        "trial_with_mrr",
        _WARNING,
        "subscriptions",
        _("Trials with MRR: %(count)s, among them %(example)s. A trial's MRR is not counted."),
        paid_trials,
    ),
    Check(
        "paid_plan_without_mrr",
        _WARNING,
        "subscriptions",
        _("Periods of a paid plan without MRR: %(count)s, among them of %(example)s."),
        unpaid_plans,
    ),
    Check(
        "currency_unconverted",
        _ERROR,
        "subscriptions",
        _(
            "Amounts in %(currency)s, for which there is no rate: %(count)s. "
            "They are left out of every sum until a rate is set."
        ),
        unconverted,
    ),
    Check(
        "plan_unknown",
        _ERROR,
        "subscriptions",
        _(
            "Subscriptions with the plan %(plan)s, which nobody described: %(count)s. "
            "They were not loaded; add the plan and load them again."
        ),
        unknown_plans,
    ),
    Check(
        "account_without_subscription",
        _INFO,
        "accounts",
        _("The account never had a subscription."),
        without_subscription,
    ),
    Check(
        "churn_flag_contradicts",
        _WARNING,
        "accounts",
        _(
            "The field %(field)s says %(value)s, and the subscriptions say otherwise. "
            "The subscriptions count."
        ),
        flags_contradict,
    ),
)
