"""Conversion by cohort, beside what mere survival would give.

Time alone makes "clients" of those who happen to stay. So a cohort's clients are shown beside the
share that a shifted-beta-geometric curve expects to be still paying, and to be past the length of
time of clause C1, had the cohort done as all customers do.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.engine.money import whole_months
from tenure.engine.sbg import MONTHLY, YEARLY, Exposure, Posterior, posterior
from tenure.relationship.in_force import ladder_in_force
from tenure.relationship.models import Level, Standing
from tenure.relationship.selectors.flows import quarter_of

YEAR = 12


@dataclass(frozen=True)
class Share:
    """An expected share with its 90 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class CohortConversion:
    """Accounts that first paid in one quarter: what became of them, and what was to be expected.

    `paying`, `lasting` (paying and past the months of C1) and `clients` are numbers of accounts;
    the expectations are shares of the cohort.
    """

    quarter: date
    accounts: int
    paying: int
    lasting: int
    clients: int
    expected_paying: Share
    expected_lasting: Share


@dataclass(frozen=True)
class _Member:
    quarter: date
    unit: int
    possible: int
    survived: int
    left: bool
    long_enough: bool
    client: bool


def conversion(accounts: QuerySet[Account]) -> list[CohortConversion]:
    """Conversion of each cohort by quarter of first payment, oldest first.

    The curves are those of all customers (monthly and yearly terms apart), whoever is asked for.
    """
    now = clock.now()
    least = ladder_in_force().rules.paid_months
    clients = set(
        Standing.objects.filter(level__in=[Level.CLIENT, Level.ADVOCATE]).values_list(
            "account_id", flat=True
        )
    )
    states = ContractState.objects.filter(first_paid_at__isnull=False)
    everyone = {row.account_id: _member(row, now, least, clients) for row in states}
    curves = {
        unit: posterior(_exposure([m for m in everyone.values() if m.unit == unit]), prior)
        for unit, prior in ((1, MONTHLY), (YEAR, YEARLY))
    }
    cohorts: dict[date, list[_Member]] = defaultdict(list)
    for account in accounts.values_list("pk", flat=True):
        if account in everyone:
            cohorts[everyone[account].quarter].append(everyone[account])
    return [_cohort(quarter, cohorts[quarter], curves) for quarter in sorted(cohorts)]


def _member(row: Any, now: datetime, least: float, clients: set[int]) -> _Member:
    term = row.term_months or {"month": 1, "year": YEAR}.get(row.interval, 1)
    unit = 1 if term < YEAR else YEAR
    age = whole_months(row.first_paid_at, now)
    left = row.paying_since is None
    paid = row.paid_months
    survived = max(-(-paid // unit), 1) - 1 if left else paid // unit
    return _Member(
        quarter=quarter_of(row.first_paid_at.date())[0],
        unit=unit,
        possible=age // unit,
        survived=survived,
        left=left,
        long_enough=age >= max(least, YEAR),
        client=row.account_id in clients,
    )


def _exposure(members: Sequence[_Member]) -> Exposure:
    return Exposure.of_customers([m.survived for m in members], [m.left for m in members])


def _cohort(
    quarter: date, members: list[_Member], curves: dict[int, Posterior]
) -> CohortConversion:
    old = [m for m in members if m.long_enough]
    return CohortConversion(
        quarter=quarter,
        accounts=len(members),
        paying=sum(not m.left for m in members),
        lasting=sum(not m.left for m in old),
        clients=sum(m.client for m in members),
        expected_paying=_expected(members, len(members), curves),
        expected_lasting=_expected(old, len(members), curves),
    )


def _expected(members: Sequence[_Member], size: int, curves: dict[int, Posterior]) -> Share:
    """Expected share of `size` accounts: the mean chance of surviving what was possible.

    The interval is that of the curve plus, as a normal approximation, of the drawing of accounts.
    """
    mean = low = high = spread = 0.0
    for unit, curve in curves.items():
        possible = np.array([m.possible for m in members if m.unit == unit], dtype=float)
        chance = curve.still_paying(0.0, possible)
        mean += float(chance.mean.sum())
        low += float(chance.low.sum())
        high += float(chance.high.sum())
        spread += float((chance.mean * (1.0 - chance.mean)).sum())
    drawn = 1.645 * spread**0.5
    below = ((mean - low) ** 2 + drawn**2) ** 0.5
    above = ((high - mean) ** 2 + drawn**2) ** 0.5
    shares = (mean / size, max(mean - below, 0.0) / size, min(mean + above, len(members)) / size)
    return Share(*shares)
