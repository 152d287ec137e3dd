"""Reads of what is known of one account."""

from dataclasses import dataclass
from datetime import date, timedelta

from tenure.accounts.models import Account
from tenure.metrics.models import AccountSeries, AccountSnapshot


@dataclass(frozen=True)
class Series:
    """Weekly values of one account: `weeks` are Mondays, each list in `values` as long as they."""

    weeks: list[date]
    values: dict[str, list[float | None]]


def snapshot_of(account: Account) -> AccountSnapshot | None:
    """The newest values of an account; None before the first refresh."""
    return AccountSnapshot.objects.filter(account=account).first()


def series_of(account: Account) -> Series:
    """All weekly values of an account, up to the week of its snapshot."""
    return series_until(account, snapshot_of(account))


def series_until(account: Account, snapshot: AccountSnapshot | None) -> Series:
    """The same where the snapshot was read before."""
    row = AccountSeries.objects.filter(account=account).first()
    if row is None:
        return Series([], {})
    length = max((len(values) for values in row.series.values()), default=0)
    if snapshot is not None:
        length = max(length, (snapshot.as_of - row.first_week).days // 7 + 1)
    weeks = [row.first_week + timedelta(weeks=number) for number in range(length)]
    values = {key: [*known, *([None] * (length - len(known)))] for key, known in row.series.items()}
    return Series(weeks, values)
