"""Reads of subscription periods and rates, as the engine takes them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from tenure.accounts.models import Account
from tenure.contracts.models import SubscriptionPeriod
from tenure.core.models import CurrencyRate
from tenure.engine.money import Period, Rates, effective_end

CHUNK = 5000
_NEVER = datetime.max.replace(tzinfo=UTC)
_COLUMNS = (
    "external_id",
    "account_id",
    "plan_id",
    "plan__tier",
    "mrr",
    "currency",
    "started_at",
    "ended_at",
    "seats",
    "interval",
    "term_months",
    "renews_at",
    "auto_renew",
    "is_trial",
    "cancel_notified_at",
    "end_reason",
    "plan__interval",
)


def moment_of(day: date | datetime) -> datetime:
    """A moment as it is; a date as the midnight (UTC) it begins with."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(), UTC)


def periods_as_known(
    known_at: datetime | None = None, accounts: Collection[int] | None = None
) -> list[Period]:
    """Periods with their effective ends, as known now or at a time; of some accounts or all."""
    rows = _known(SubscriptionPeriod.objects.all(), known_at)
    if accounts is None:
        return list(_periods(rows))
    found: list[Period] = []
    wanted = sorted(set(accounts))
    for offset in range(0, len(wanted), CHUNK):
        found += _of_accounts(rows, wanted[offset : offset + CHUNK])
    return found


def periods_running(moment: datetime) -> list[Period]:
    """All periods, as known now, of the subscriptions that run at a moment."""
    rows = _known(SubscriptionPeriod.objects.all(), None)
    goes_on = Q(ended_at__isnull=True) | Q(ended_at__gt=moment)
    running = rows.filter(goes_on, started_at__lte=moment).values("external_id")
    return list(_periods(rows.filter(external_id__in=running)))


def _of_accounts(rows: QuerySet[SubscriptionPeriod], accounts: Sequence[int]) -> list[Period]:
    """Whole subscriptions are read: one may end here by going on under another account."""
    ids = SubscriptionPeriod.objects.filter(account__in=accounts).values("external_id")
    wanted = set(accounts)
    return [p for p in _periods(rows.filter(external_id__in=ids)) if p.account in wanted]


def _known(
    rows: QuerySet[SubscriptionPeriod], known_at: datetime | None
) -> QuerySet[SubscriptionPeriod]:
    if known_at is None:
        return rows.filter(superseded_at__isnull=True)
    still = Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at)
    return rows.filter(still, recorded_at__lte=known_at)


def _periods(rows: QuerySet[SubscriptionPeriod]) -> Iterator[Period]:
    ordered = rows.order_by("external_id", "started_at", "recorded_at", "id")
    for _, line in groupby(ordered.values_list(*_COLUMNS), key=lambda row: row[0]):
        yield from _line(list(line))


def _line(terms: Sequence[tuple[Any, ...]]) -> Iterator[Period]:
    """The periods of one subscription, its rows in order of their starts."""
    following = [row[6] for row in terms[1:]] + [None]
    for row, next_start in zip(terms, following, strict=True):
        end = effective_end(row[7], next_start)
        yield Period(*row[:7], end, row[8], row[9] or row[-1], *row[10:-1])  # type: ignore[call-arg]


def periods_each_known(moments: Mapping[int, datetime]) -> dict[int, list[Period]]:
    """Account → its periods with their effective ends, as known at a moment of its own.

    An account of which nothing was known by then is left out.
    """
    found: dict[int, list[Period]] = defaultdict(list)
    wanted = sorted(moments)
    for offset in range(0, len(wanted), CHUNK):
        part = wanted[offset : offset + CHUNK]
        ids = SubscriptionPeriod.objects.filter(account__in=part).values("external_id")
        rows = SubscriptionPeriod.objects.filter(external_id__in=ids)
        ordered = rows.order_by("external_id", "started_at", "recorded_at", "id")
        read = ordered.values_list("recorded_at", "superseded_at", *_COLUMNS)
        for _, line in groupby(read.iterator(), key=lambda row: row[2]):
            versions = list(line)
            for account in {row[3] for row in versions}.intersection(part):
                at = moments[account]
                terms = [row[2:] for row in versions if row[0] <= at and (row[1] or _NEVER) > at]
                if terms:
                    found[account] += [p for p in _line(terms) if p.account == account]
    return {account: periods for account, periods in found.items() if periods}


def rates() -> Rates:
    """All rates as they stand now.

    A rate is public knowledge, not something learnt of an account: looking back "as known on" a
    day uses today's table of dated rates.
    """
    rows = CurrencyRate.objects.filter(superseded_at__isnull=True)
    return Rates(
        settings.REPORTING_CURRENCY,
        tuple((row.currency, row.day, row.rate) for row in rows.order_by("currency", "day")),
    )


def parents() -> dict[int, int | None]:
    """Each account's parent."""
    return dict(Account.objects.values_list("pk", "parent_id").order_by("pk"))
