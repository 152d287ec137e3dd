"""What is at stake with each account, and whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from tenure.accounts.models import Account, OwnerAssignment
from tenure.advice.inputs.team import language_of
from tenure.core import clock
from tenure.forecast.in_force import definition_in_force
from tenure.forecast.models import Prediction
from tenure.forecast.selectors.predictions import newest_rows
from tenure.plays.starting.peace import in_peace

YEAR = 12
NO_FORECAST, NO_MONEY = "no_forecast", "no_money"


@dataclass(frozen=True, slots=True)
class AtStake:
    """One account of which a forecast tells. `margin`: money that a year of it is worth.

    `risk`, `low`, `high`: its chance to leave within twelve months, with the interval of 90 %.
    """

    account: int
    owner: int | None
    language: str
    quiet: bool
    margin: float
    risk: float
    low: float
    high: float
    prediction: int


@dataclass(frozen=True)
class Accounts:
    """Those that can be planned for, by key, and why others cannot."""

    known: Mapping[int, AtStake]
    unknown: Mapping[str, int]
    run: int | None
    margin: float


def accounts_at_stake() -> Accounts:
    """Every account that pays and is foreseen; margin of a year = margin × MRR × 12."""
    margin = definition_in_force().margin
    owners = _owners()
    languages = dict(Account.objects.values_list("pk", "language").iterator())
    quiet = in_peace(clock.now())
    known, runs, worthless = {}, set(), 0
    fields = ("account_id", "pk", "run_id", "stay", "stay_low", "stay_high", "mrr")
    rows = newest_rows(Account.objects.all()).values_list(*fields)
    for account, pk, run, stay, stay_low, stay_high, mrr in rows.iterator():
        runs.add(run)
        if not mrr or mrr <= 0:
            worthless += 1
            continue
        known[account] = AtStake(
            account, owners.get(account), language_of(languages.get(account, "")), account in quiet,
            margin * mrr * YEAR, 1.0 - stay, 1.0 - stay_high, 1.0 - stay_low, pk,
        )  # fmt: skip
    unforeseen = _paying() - len(known) - worthless
    return Accounts(
        known=known,
        unknown={NO_FORECAST: max(unforeseen, 0), NO_MONEY: worthless},
        run=max(runs, default=None),
        margin=margin,
    )


def _paying() -> int:
    running = Q(contract__ended_at__isnull=True) | Q(contract__ended_at__gt=clock.now())
    return Account.objects.filter(running, contract__mrr__gt=0).count()


def _owners() -> dict[int, int]:
    rows = OwnerAssignment.objects.filter(until__isnull=True)
    return dict(rows.values_list("account_id", "owner_id").iterator())


@dataclass(frozen=True)
class Told:
    """What a card says of an account beside money."""

    drivers: list[dict[str, Any]]
    level: str
    missing: str
    slipping: bool
    renews_on: date | None

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "drivers": self.drivers,
            "level": self.level,
            "missing": self.missing,
            "slipping": self.slipping,
            "renews_on": self.renews_on.isoformat() if self.renews_on else None,
        }


def told_of(predictions: Mapping[int, int], most: int = 3) -> dict[int, Told]:
    """Account → what to tell of it; `predictions`: account → key of its prediction."""
    drivers = _drivers(predictions.values(), most)
    rows = Account.objects.filter(pk__in=list(predictions)).values_list(
        "pk", "standing__level", "standing__missing_clause", "standing__slipping",
        "contract__renews_at",
    )  # fmt: skip
    return {
        pk: Told(
            drivers.get(predictions[pk], []), level or "", missing or "", bool(slipping),
            renews.date() if renews else None,
        )
        for pk, level, missing, slipping, renews in rows
    }  # fmt: skip


def _drivers(keys: Iterable[int], most: int) -> dict[int, list[dict[str, Any]]]:
    """The drivers that weigh most towards leaving."""
    rows = Prediction.objects.filter(pk__in=list(keys)).values_list("pk", "drivers")
    return {pk: [one for one in drivers if one["contribution"] > 0][:most] for pk, drivers in rows}
