"""The values of the fields that some rules ask for, each source read once for all of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from tenure.accounts.models import Account
from tenure.segments.conditions import Condition
from tenure.segments.facts import (
    account,
    contact,
    contract,
    forecast,
    health,
    level,
    metrics,
    people,
    run,
)  # fmt: skip
from tenure.segments.facts.moment import Moment

Column: TypeAlias = Mapping[int, Any]
"""Account → value; an account that is not there has no known value."""
Source: TypeAlias = Callable[[Moment, frozenset[str]], Mapping[str, Column]]
SOURCES: dict[str, Source] = {
    "account": account.read,
    "custom": account.read_custom,
    "contract": contract.read,
    "health": health.read,
    "level": level.read,
    "forecast": forecast.read,
    "people": people.read,
    "contact": contact.read,
    "metric": metrics.read,
    "run": run.read,
}

DEAR = ("metric", "people", "contact", "forecast")
"""Sources that take long to read, the longest last."""
FEW_OF, FEW_OF_CHEAP = 3, 12
"""What is asked about a third of the accounts or fewer is read of those only; of sources that are
read fast, a twelfth: to name more of them takes longer than to read all.
"""
MOST_NAMED = 5000
"""How many accounts a question to the database names at most."""


class Known:
    """What was known at the end of a day of all accounts there were, for some conditions.

    `among`: only of these accounts, which are to be few; nothing of others is read. `once`: one
    rule is asked, so that what it asks about few accounts is read of those only.
    """

    _few = 0

    def __init__(
        self,
        day: date,
        conditions: Iterable[Condition],
        among: Collection[int] | None = None,
        *,
        once: bool = False,
    ) -> None:
        self.moment = Moment(day, None if among is None else frozenset(among))
        rows = self.moment.of(Account.objects.filter(recorded_at__lt=self.moment.end), "pk")
        self.accounts: list[int] = list(rows.order_by("pk").values_list("pk", flat=True))
        self._wanted = self.wanted_by(conditions)
        self._read: dict[tuple[str, int], Mapping[str, Column]] = {}
        if once:
            self._few = min(MOST_NAMED, len(self.accounts) // FEW_OF)
        self._partly: dict[tuple[str, int], tuple[frozenset[int], Mapping[str, Column]]] = {}

    @staticmethod
    def wanted_by(conditions: Iterable[Condition]) -> dict[tuple[str, int], set[str]]:
        """(source, weeks before) → the names of its fields that conditions ask about."""
        wanted: dict[tuple[str, int], set[str]] = defaultdict(set)
        for one in conditions:
            for weeks in {0, one.weeks}:
                wanted[one.field.source, weeks].add(one.field.name)
        return wanted

    def column(self, source: str, name: str, weeks: int = 0) -> Column:
        """A field's values, now or so many weeks before."""
        key = (source, weeks)
        if key not in self._read:
            names = frozenset(self._wanted[key])
            self._read[key] = SOURCES[source](self.moment.before(weeks), names)
        return self._read[key].get(name, {})

    def at(self, places: Sequence[int], source: str, name: str, weeks: int = 0) -> Column:
        """A field's values of the accounts at some places, and perhaps of others."""
        key = (source, weeks)
        most = self._few if weeks or source in DEAR else self._few * FEW_OF // FEW_OF_CHEAP
        if key in self._read or len(places) > most:
            return self.column(source, name, weeks)
        few = frozenset(self.accounts[at] for at in places)
        there, columns = self._partly.get(key, (frozenset(), {}))
        if not few <= there:
            then = replace(self.moment.before(weeks), among=few)
            columns = SOURCES[source](then, frozenset(self._wanted[key]))
            self._partly[key] = (few, columns)
        return columns.get(name, {})
