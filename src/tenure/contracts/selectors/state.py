"""The contract of an account at a time, and renewals that come due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenure.accounts.models import Account
from tenure.contracts.selectors.periods import moment_of, periods_as_known, rates
from tenure.core import clock
from tenure.engine import money
from tenure.engine.money import AccountState, ChurnRule, Conversion, Period


def state_of(
    account: Account, at: date | datetime | None = None, known_at: datetime | None = None
) -> AccountState:
    """An account's contract at a time (now), as known now or then."""
    moment = clock.now() if at is None else moment_of(at)
    return money.state_at(
        periods_as_known(known_at, [account.pk]), moment, rates().on(moment.date())
    )


@dataclass(frozen=True, slots=True)
class RenewalDue:
    """A subscription's term ends at `at`. `mrr` as it runs then; None without a rate."""

    account: int
    subscription: str
    plan: int
    at: datetime
    mrr: Decimal | None
    term_months: int | None
    auto_renew: bool | None
    cancel_notified_at: datetime | None


def renewals_between(
    start: date | datetime,
    end: date | datetime,
    accounts: Collection[int] | None = None,
    known_at: datetime | None = None,
) -> list[RenewalDue]:
    """Each subscription's first renewal in [start, end), by date; at today's rates."""
    first, last = moment_of(start), moment_of(end)
    conversion = rates().on(clock.today())
    found = []
    for own in money.by_account(periods_as_known(known_at, accounts)).values():
        for line in money.by_subscription(own):
            at = money.renewal_within(line, first, last)
            if at is not None:
                found.append(_due(line, at, conversion))
    return sorted(found, key=lambda due: (due.at, due.account, due.subscription))


def _due(line: list[Period], at: datetime, convert: Conversion) -> RenewalDue:
    """The terms that come up for renewal are those running until `at`."""
    terms = next(p for p in reversed(line) if p.pays and p.started < at)
    return RenewalDue(
        account=terms.account,
        subscription=terms.subscription,
        plan=terms.plan,
        at=at,
        mrr=convert(terms.mrr, terms.currency),
        term_months=terms.term,
        auto_renew=terms.auto_renew,
        cancel_notified_at=terms.cancel_notified,
    )


def churned_on(
    accounts: Collection[int] | None, rule: ChurnRule, at: date | datetime | None = None
) -> dict[int, datetime]:
    """When each account that is lost by contract at a time (now) was lost."""
    moment = clock.now() if at is None else moment_of(at)
    lost: dict[int, datetime] = {}
    for account, own in money.by_account(periods_as_known(None, accounts)).items():
        spells = [s for s in money.spells_of(own) if s.started <= moment]
        ended = spells[-1].ended if spells else None
        if ended is not None and ended + rule.grace <= moment:
            lost[account] = ended + rule.grace
    return lost
