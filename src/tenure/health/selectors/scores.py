"""Scores of accounts, now and as known on past days."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, F, QuerySet

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.health.models import Band, BandChange, CurrentHealth, Score

# Scores come weekly; one more week for a refresh that is late.
CURRENT = timedelta(days=14)


def score_of(account: Account, on: date | None = None) -> Score | None:
    """The score of an account now; with `on`, the one that was known at the end of that day.

    Where a day's score was computed again later, `on` gives the one computed by then, or the first
    one if all were computed later (a backfill). None where the account was not scored within
    `CURRENT` before: the last score of an account that has left says nothing of it now.
    """
    day = on or clock.today()
    rows = Score.objects.filter(account=account, as_of__gt=day - CURRENT)
    if on is None:
        return rows.order_by("-as_of", "-pk").first()
    newest = rows.filter(as_of__lte=on).order_by("-as_of", "pk").first()
    if newest is None:
        return None
    end = datetime.combine(on + timedelta(days=1), time(), UTC)
    by_then = rows.filter(as_of=newest.as_of, computed_at__lt=end).order_by("-pk").first()
    return by_then or newest


def history_of(account: Account, start: date | None = None, end: date | None = None) -> list[Score]:
    """The newest score of each evaluated day, in order of days."""
    rows = Score.objects.filter(account=account)
    if start is not None:
        rows = rows.filter(as_of__gte=start)
    if end is not None:
        rows = rows.filter(as_of__lte=end)
    return list({row.as_of: row for row in rows.order_by("as_of", "pk")}.values())


def band_changes(
    accounts: QuerySet[Account], start: date | None = None, end: date | None = None
) -> QuerySet[BandChange]:
    """Changes of band of some accounts, newest first."""
    rows = BandChange.objects.filter(account__in=accounts).select_related("account")
    if start is not None:
        rows = rows.filter(as_of__gte=start)
    if end is not None:
        rows = rows.filter(as_of__lte=end)
    return rows.order_by("-as_of", "account__name", "pk")


def band_counts(accounts: QuerySet[Account]) -> dict[str, int]:
    """Number of accounts in each band now; every band is there."""
    rows = CurrentHealth.objects.filter(account__in=accounts).values("band").annotate(n=Count("pk"))
    found = {row["band"]: row["n"] for row in rows}
    return {band: found.get(band, 0) for band in Band.values}


def at_risk_first(accounts: QuerySet[Account]) -> QuerySet[CurrentHealth]:
    """Current scores, lowest first, unknown last."""
    rows = CurrentHealth.objects.filter(account__in=accounts).select_related("account", "score")
    return rows.order_by(F("value").asc(nulls_last=True), "account__name")
