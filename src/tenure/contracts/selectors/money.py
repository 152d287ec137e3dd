"""MRR, movements, retention and unit economics of accounts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from tenure.accounts.models import Account
from tenure.contracts.churn import churn_rule
from tenure.contracts.models import Cost
from tenure.contracts.selectors.periods import moment_of, parents, periods_as_known, rates
from tenure.core import clock
from tenure.engine import money
from tenure.engine.money import Change, Economics, Movement, Waterfall

Day = date | datetime
EARLIEST = moment_of(date(1900, 1, 1))


def mrr_of(account: Account, at: Day, known_at: datetime | None = None) -> Decimal | None:
    """An account's MRR at a time, at that day's rates; None if part of it has no rate."""
    moment = moment_of(at)
    periods = periods_as_known(known_at, [account.pk])
    return money.mrr_at(periods, moment, rates().on(moment.date()))


def mrr_history(
    account: Account, known_at: datetime | None = None
) -> list[tuple[datetime, Decimal | None]]:
    """An account's MRR as steps (from, MRR), all at today's rates, scheduled ones included."""
    return money.mrr_steps(periods_as_known(known_at, [account.pk]), rates().on(clock.today()))


def changes_of(account: Account, known_at: datetime | None = None) -> list[Change]:
    """Every change of an account's terms until now with its cause, at today's rates."""
    periods = periods_as_known(known_at, [account.pk])
    return money.changes(periods, EARLIEST, clock.now(), rates().on(clock.today()))


def movements(
    start: Day,
    end: Day,
    accounts: Collection[int] | None = None,
    known_at: datetime | None = None,
    *,
    group: Mapping[int, int] | None = None,
) -> list[Movement]:
    """Each account's movement over (start, end] at the end's rates.

    `group` counts accounts under others, as `family_roots()` does.
    """
    until = moment_of(end)
    periods = periods_as_known(known_at, accounts)
    return money.movements(periods, moment_of(start), until, rates().on(until.date()), group)


def retention(
    start: Day,
    end: Day,
    accounts: Collection[int] | None = None,
    known_at: datetime | None = None,
    *,
    group: Mapping[int, int] | None = None,
) -> Waterfall:
    """MRR waterfall, GRR, NRR, logo churn and quick ratio of (start, end] at the end's rates."""
    return retention_series([start, end], accounts, known_at, group=group)[0]


def retention_series(
    days: Sequence[Day],
    accounts: Collection[int] | None = None,
    known_at: datetime | None = None,
    *,
    group: Mapping[int, int] | None = None,
) -> list[Waterfall]:
    """The waterfalls between neighbouring days, all at the last day's rates, so they chain."""
    moments = [moment_of(day) for day in days]
    periods = money.regroup(periods_as_known(known_at, accounts), group or {})
    conversion = rates().on(moments[-1].date())
    return money.waterfall_series(periods, moments, conversion, churn_rule().grace)


def family_roots() -> dict[int, int]:
    """Each account's topmost parent, to group movements by."""
    return money.roots(parents())


def family(account: Account) -> set[int]:
    """Keys of an account and all accounts below it."""
    return money.subtree(account.pk, parents())


def mrr_rolled_up(at: Day, known_at: datetime | None = None) -> dict[int, Decimal]:
    """MRR of each account with all accounts below it; unconverted accounts add nothing."""
    moment = moment_of(at)
    conversion = rates().on(moment.date())
    matrix = money.mrr_matrix(periods_as_known(known_at), [moment], conversion)
    values = {
        int(account): money.as_money(units)
        for account, units in zip(matrix.accounts, matrix.units[:, 0], strict=True)
    }
    return money.roll_up(values, parents())


def unconverted(start: Day, end: Day | None = None) -> dict[int, tuple[str, ...]]:
    """Accounts that no sum of the window holds, with the currencies that have no rate."""
    first, last = moment_of(start), moment_of(end or start)
    conversion = rates().on(last.date())
    return money.unconverted(periods_as_known(), first, last, conversion)


def unit_economics(start: date, end: date, margin: Decimal = Decimal(1)) -> Economics:
    """CAC, cost of retention, LTV:CAC and payback over whole months [start, end)."""
    spend = Cost.objects.filter(
        superseded_at__isnull=True, month__gte=start.replace(day=1), month__lt=end
    ).aggregate(acquisition=Sum("acquisition"), retention=Sum("retention"))
    months = max(money.whole_months(moment_of(start), moment_of(end)), 1)
    window = retention(start, end)
    return money.economics(window, months, spend["acquisition"], spend["retention"], margin)
