"""How many people an account has, and who with a say left, as it was recorded."""

from collections.abc import Sequence
from datetime import date

from tenure.accounts.models import Membership, PersonRole
from tenure.forecast.inputs.days import Floats
from tenure.forecast.inputs.known import Facts

SAY = (PersonRole.CHAMPION, PersonRole.DECISION_MAKER, PersonRole.SPONSOR)
_EVER, _HALF = 36_500, 180


def people_features(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    """Name → (accounts, days): numbers only, nothing of any person."""
    rows = Membership.objects.filter(account__pk__range=(min(accounts), max(accounts)))
    fields = ("account_id", "role", "since", "until", "recorded_at")
    table = list(rows.values_list(*fields))
    first = min((row[4] for row in table), default=None)
    there = [(a, since or rec, None, rec, until) for a, _, since, until, rec in table]
    say = [fact for fact, row in zip(there, table, strict=True) if row[1] in SAY]
    left = [
        (a, until, None, rec, None)
        for a, role, _, until, rec in table
        if until is not None and role in SAY
    ]
    return {
        "people": Facts.of(there, accounts, days, first).count(_EVER),
        "people_with_say": Facts.of(say, accounts, days, first).count(_EVER),
        "people_with_say_left_180d": Facts.of(left, accounts, days, first).count(_HALF),
    }
