"""Where accounts stand, now and as known on past days."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, QuerySet

from tenure.accounts.models import Account
from tenure.relationship.models import Evaluation, Level, Standing


def standing_of(account: Account, on: date | None = None) -> Evaluation | None:
    """The newest evaluation of an account; with `on`, the one known at the end of that day.

    Where a day was evaluated again later, `on` gives the row made by then, or the first one if all
    were made later (a backfill). None where the account wasn't evaluated.
    """
    rows = Evaluation.objects.filter(account=account)
    if on is None:
        return rows.order_by("-as_of", "-pk").first()
    newest = rows.filter(as_of__lte=on).order_by("-as_of", "pk").first()
    if newest is None:
        return None
    end = datetime.combine(on + timedelta(days=1), time(), UTC)
    by_then = rows.filter(as_of=newest.as_of, computed_at__lt=end).order_by("-pk").first()
    return by_then or newest


def evaluations_of(
    account: Account, start: date | None = None, end: date | None = None
) -> list[Evaluation]:
    """The newest evaluation of each day, in order of days."""
    rows = Evaluation.objects.filter(account=account)
    if start is not None:
        rows = rows.filter(as_of__gte=start)
    if end is not None:
        rows = rows.filter(as_of__lte=end)
    return list({row.as_of: row for row in rows.order_by("as_of", "pk")}.values())


def ladder_counts(accounts: QuerySet[Account]) -> dict[str, int]:
    """Number of accounts on each level now; every level is there."""
    rows = Standing.objects.filter(account__in=accounts).values("level").annotate(n=Count("pk"))
    found = {row["level"]: row["n"] for row in rows}
    return {level: found.get(level, 0) for level in Level.values}


def one_clause_away(accounts: QuerySet[Account], clause: str | None = None) -> QuerySet[Standing]:
    """Customers who miss one clause to be clients; of one clause, when named (as "C2", "C3/4")."""
    rows = _standings(accounts).filter(level=Level.CUSTOMER).exclude(missing_clause="")
    if clause is not None:
        rows = rows.filter(missing_clause=clause)
    return rows.order_by("missing_clause", "account__name")


def slipping(accounts: QuerySet[Account]) -> QuerySet[Standing]:
    """Clients and advocates who no longer qualify and aren't demoted yet."""
    return _standings(accounts).filter(slipping=True).order_by("account__name")


def locked_in(accounts: QuerySet[Account]) -> QuerySet[Standing]:
    """Accounts that renew but would leave: long paid, likely to stay, poor attitude."""
    return _standings(accounts).filter(locked_in=True).order_by("account__name")


def _standings(accounts: QuerySet[Account]) -> QuerySet[Standing]:
    rows = Standing.objects.filter(account__in=accounts)
    return rows.select_related("account", "evaluation")


def level_by_tier(accounts: QuerySet[Account]) -> dict[str, dict[int | None, int]]:
    """Level → tier → number of accounts; tier None: no running subscription."""
    rows = (
        Standing.objects.filter(account__in=accounts)
        .values("level", "account__contract__tier")
        .annotate(n=Count("pk"))
    )
    table: dict[str, dict[int | None, int]] = {level: {} for level in Level.values}
    for row in rows:
        table[row["level"]][row["account__contract__tier"]] = row["n"]
    return table
