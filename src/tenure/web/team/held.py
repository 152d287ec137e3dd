"""Every account that is in a book, or should be, as it stood on a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import msgspec
from django.db.models import FloatField, Q
from django.db.models.functions import Cast

from tenure.accounts.hours import owners_on
from tenure.accounts.models import Account
from tenure.accounts.workload import workload
from tenure.contracts.models import ContractState, SubscriptionPeriod
from tenure.contracts.selectors.periods import periods_running, rates
from tenure.core import clock
from tenure.engine import money
from tenure.forecast.selectors.predictions import newest_rows
from tenure.health.models import CurrentHealth, Score
from tenure.health.selectors.scores import CURRENT
from tenure.relationship.models import Level, Standing
from tenure.relationship.selectors import levels_on
from tenure.timeline.models import Touchpoint

CLIENTS = (Level.CLIENT, Level.ADVOCATE)
SOON = timedelta(days=90)


class Held(msgspec.Struct, frozen=True, gc=False):
    """One account on a day; a cache reads thousands of them back in no time.

    Attributes:
        owner: The user whose book it is in; None: nobody's.
        mrr: None when part of it has no currency rate.
        level, band: "" where none was worked out.
        leaves: P(it stops paying within twelve months); None without a forecast.
        hours: A week, by the definition `workload` of that day.
        renews_soon: Whether it renews within ninety days.
        touched: Whether it had a touchpoint within `recent_days`.
    """

    account: int
    name: str
    owner: int | None
    mrr: float | None
    tier: int | None
    renews_soon: bool
    level: str
    band: str
    leaves: float | None
    hours: float
    language: str
    country: str
    currency: str
    touched: bool

    @property
    def is_client(self) -> bool:
        return self.level in CLIENTS

    @property
    def at_risk(self) -> float:
        """MRR weighted with the chance that it is lost; 0 where nothing is foreseen."""
        return (self.mrr or 0.0) * (self.leaves or 0.0)


class _Contract(msgspec.Struct, frozen=True, gc=False):
    mrr: float | None
    tier: int | None
    renews_soon: bool


_NOTHING = _Contract(0.0, None, False)


def moment_of(on: date | None) -> datetime:
    """Now, or the last moment of a past day."""
    if on is None:
        return clock.now()
    return datetime.combine(on + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)


def held_on(on: date | None) -> list[Held]:
    """All accounts known on a day (None: now), by name, those that had left included."""
    moment = moment_of(on)
    everything = Account.objects.all()
    known = everything if on is None else everything.filter(_known_by(moment))
    rule = workload(None if on is None else moment)
    owners, contracts = owners_on(moment), _contracts(on, moment)
    levels, bands = _levels(on), bands_on(on)
    leaves = dict(newest_rows(everything, on).values_list("account_id", "stay"))
    touched, currencies = _touched(moment, rule.recent_days), _currencies(moment)
    need, found = cache(rule.need), []
    columns = ("pk", "name", "language", "country")
    for pk, name, language, country in known.order_by("name", "pk").values_list(*columns):
        contract, level = contracts.get(pk, _NOTHING), levels.get(pk, "")
        found.append(
            Held(
                pk, name, owners.get(pk), contract.mrr, contract.tier, contract.renews_soon,
                level, bands.get(pk, ""), 1.0 - leaves[pk] if pk in leaves else None,
                need(level, contract.tier), language, country, currencies.get(pk, ""),
                pk in touched,
            )
        )  # fmt: skip
    return found


def _known_by(moment: datetime) -> Q:
    undated = Q(created_at__isnull=True, recorded_at__lte=moment)
    return Q(created_at__lte=moment) | undated


def _contracts(on: date | None, moment: datetime) -> dict[int, _Contract]:
    return dict(_contracts_now(moment) if on is None else _contracts_then(moment))


def _contracts_now(moment: datetime) -> Iterator[tuple[int, _Contract]]:
    states = ContractState.objects.all()
    renewing = states.filter(renews_at__gte=moment, renews_at__lt=moment + SOON)
    soon = set(renewing.values_list("account_id", flat=True))
    rows = states.values_list("account_id", Cast("mrr", FloatField()), "tier", "unconverted")
    for account, mrr, tier, unconverted in rows:
        yield account, _Contract(None if unconverted else mrr, tier, account in soon)


def _contracts_then(moment: datetime) -> Iterator[tuple[int, _Contract]]:
    convert = rates().on(moment.date())
    for account, own in money.by_account(periods_running(moment)).items():
        state = money.brief_at(own, moment, convert)
        mrr, renews = None if state.mrr is None else float(state.mrr), state.renews_at
        soon = renews is not None and moment <= renews < moment + SOON
        yield account, _Contract(mrr, state.tier, soon)


def _levels(on: date | None) -> dict[int, str]:
    if on is None:
        return dict(Standing.objects.values_list("account_id", "level"))
    return levels_on(Account.objects.all(), on)


def bands_on(on: date | None) -> dict[int, str]:
    """Account → band of health on a day; None: now."""
    if on is None:
        return dict(CurrentHealth.objects.values_list("account_id", "band"))
    rows = Score.objects.filter(as_of__gt=on - CURRENT, as_of__lte=on).order_by("as_of", "pk")
    return dict(rows.values_list("account_id", "band").iterator())


def _touched(moment: datetime, days: int) -> set[int]:
    since = moment - timedelta(days=days)
    rows = Touchpoint.objects.filter(
        superseded_at__isnull=True, occurred_at__gt=since, occurred_at__lte=moment
    )
    return set(rows.order_by().values_list("account_id", flat=True))


def _currencies(moment: datetime) -> dict[int, str]:
    """The currency of the largest running subscription."""
    rows = SubscriptionPeriod.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment),
        superseded_at__isnull=True, started_at__lte=moment,
    )  # fmt: skip
    return dict(rows.order_by("mrr", "pk").values_list("account_id", "currency"))
