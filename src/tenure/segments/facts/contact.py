"""Touchpoints, tickets and answers as known at a moment."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from tenure.accounts.models import Account
from tenure.segments.facts.moment import Moment
from tenure.segments.facts.reading import day_of, days
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Last touches, open tickets and the newest NPS answer."""
    return {name: _READ[name](moment) for name in names if name in _READ}


def _last(moment: Moment, narrowed: Q | None = None) -> dict[int, Any]:
    rows = Touchpoint.objects.filter(moment.known, occurred_at__lt=moment.end)
    rows = rows.filter(narrowed) if narrowed is not None else rows
    # The index leads to the newest of each account, without a look at those before it.
    newest = (
        rows.filter(account=OuterRef("pk"))
        .order_by("-occurred_at")
        .values(day=day_of("occurred_at"))[:1]
    )
    accounts = moment.of(Account.objects.all(), "pk")
    return dict(days(accounts.values_list("pk", Subquery(newest)), 1))


def _last_in(moment: Moment) -> dict[int, Any]:
    return _last(moment, Q(direction__in=(Touchpoint.Direction.IN, Touchpoint.Direction.BOTH)))


def _open(moment: Moment) -> dict[int, Any]:
    """Where no ticket was ever recorded, nothing is known of them."""
    rows = Ticket.objects.filter(moment.known, opened_at__lt=moment.end)
    if not rows.exists():
        return {}
    still = rows.filter(Q(resolved_at__isnull=True) | Q(resolved_at__gte=moment.end))
    counts = dict(moment.of(still).values_list("account_id").annotate(n=Count("pk")).order_by())
    there = moment.of(Account.objects.filter(recorded_at__lt=moment.end), "pk")
    keys = there.values_list("pk", flat=True)
    return {account: float(counts.get(account, 0)) for account in keys}


def _nps(moment: Moment) -> dict[int, Any]:
    rows = SurveyAnswer.objects.filter(
        moment.known, kind=SurveyAnswer.Kind.NPS, account__isnull=False, answered_at__lt=moment.end
    )
    ordered = moment.of(rows).order_by("answered_at", "pk").values_list("account_id", "score")
    return {account: score for account, score in ordered.iterator() if account is not None}


_READ = {
    "last": _last,
    "last_in": _last_in,
    "tickets_open": _open,
    "nps": _nps,
}
