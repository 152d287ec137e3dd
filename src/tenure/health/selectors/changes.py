"""How scores of many accounts differ from those of a day before, and what moved them."""

from collections.abc import Sequence
from datetime import date

import msgspec
from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core.known import known_last
from tenure.health.models import Band, CurrentHealth, Score
from tenure.health.selectors.movement import Movement, movements_between
from tenure.health.selectors.scores import CURRENT

POINTS = 10.0


class Scored(msgspec.Struct, frozen=True, gc=False):
    """A score in short; `key` is that of its row. `value` None: unknown."""

    key: int
    value: float | None
    band: str


class HealthChange(msgspec.Struct, frozen=True, gc=False):
    """An account's score now and as it was known at the end of a day."""

    account: int
    before: Scored
    after: Scored

    @property
    def points(self) -> float | None:
        """By how much it rose; None to or from unknown."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value

    @property
    def matters(self) -> bool:
        """Whether it went to another band, or by ten points."""
        return self.before.band != self.after.band or abs(self.points or 0.0) >= POINTS


def scores_then(accounts: QuerySet[Account], day: date) -> dict[int, Scored]:
    """Account → its score as known at the end of a day; none older than two weeks then."""
    rows = Score.objects.filter(
        account__in=accounts, as_of__gt=day - CURRENT, as_of__lte=day
    ).order_by(*known_last(day, "computed_at"))
    told = rows.values_list("account_id", "pk", "value", "band")
    return {account: Scored(pk, value, band) for account, pk, value, band in told.iterator()}


def health_changes(accounts: QuerySet[Account], day: date) -> list[HealthChange]:
    """The accounts whose health is in another band than at the end of a day, or ten points off.

    Those without a score on either side are left out: they have come or gone, not changed.
    """
    then = scores_then(accounts, day)
    rows = CurrentHealth.objects.filter(account__in=accounts).order_by("account_id")
    found = []
    for account, pk, value, band in rows.values_list("account_id", "score_id", "value", "band"):
        before = then.get(account)
        if before is None or before.key == pk:
            continue
        if before.band == band and abs((before.value or 0.0) - (value or 0.0)) < POINTS:
            continue  # most of them: in the same band, and moved by little
        change = HealthChange(account, before, Scored(pk, value, band))
        known = Band.UNKNOWN not in {change.before.band, change.after.band}
        if change.matters and (known or change.after.band == Band.UNKNOWN):
            found.append(change)
    return found


def movements_of(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Movement]:
    """(key of a score, key of a later one) → what moved it; reads all of them at once."""
    rows = Score.objects.in_bulk({key for pair in pairs for key in pair})
    found = [pair for pair in pairs if all(key in rows for key in pair)]
    told = movements_between([(rows[old], rows[new]) for old, new in found])
    return dict(zip(found, told, strict=True))
