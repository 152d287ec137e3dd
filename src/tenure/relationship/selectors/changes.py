"""How the standings of many accounts differ from those of a day before."""

from datetime import date, timedelta

import msgspec
from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core.known import known_last
from tenure.relationship.models import Evaluation, Level, Standing

CURRENT = timedelta(days=14)
CLIMB = (Level.FORMER, Level.PROSPECT, Level.CUSTOMER, Level.CLIENT, Level.ADVOCATE)
STEP = {str(level): step for step, level in enumerate(CLIMB)}


class Stood(msgspec.Struct, frozen=True, gc=False):
    """Where an account stood. `missing`: the one clause it lacked to be a client, or ""."""

    level: str
    slipping: bool
    missing: str


class StandingChange(msgspec.Struct, frozen=True, gc=False):
    """Where an account stands now, and stood as known at the end of a day.

    `evaluation`: key of the row that says why. Of the changes a page shows, at least one is there.
    """

    account: int
    evaluation: int
    before: Stood
    after: Stood

    @property
    def climbed(self) -> int:
        """Levels up (above 0) or down."""
        return STEP[self.after.level] - STEP[self.before.level]

    @property
    def began_slipping(self) -> bool:
        return self.after.slipping and not self.before.slipping

    @property
    def came_near(self) -> bool:
        """Whether one clause is missing now that was not the only one missing before."""
        nearer = bool(self.after.missing) and not self.before.missing
        return nearer and self.after.level == Level.CUSTOMER


def standings_then(accounts: QuerySet[Account], day: date) -> dict[int, Stood]:
    """Account → where it stood as known at the end of a day; none older than two weeks then."""
    rows = Evaluation.objects.filter(
        account__in=accounts, as_of__gt=day - CURRENT, as_of__lte=day
    ).order_by(*known_last(day, "computed_at"))
    told = rows.values_list("account_id", "level", "slipping", "missing_clause")
    return {
        account: Stood(level, slips, missing) for account, level, slips, missing in told.iterator()
    }


def standing_changes(accounts: QuerySet[Account], day: date) -> list[StandingChange]:
    """The accounts that climbed, fell, began to slip or came near since the end of a day."""
    then = standings_then(accounts, day)
    rows = Standing.objects.filter(account__in=accounts).order_by("account_id")
    told = rows.values_list("account_id", "evaluation_id", "level", "slipping", "missing_clause")
    found = []
    for account, evaluation, level, slips, missing in told.iterator():
        before, after = then.get(account), Stood(level, slips, missing)
        if before is None or before == after:
            continue
        change = StandingChange(account, evaluation, before, after)
        if change.climbed or change.began_slipping or change.came_near:
            found.append(change)
    return found
