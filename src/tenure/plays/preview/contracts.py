"""Contracts day after day: an account is read again only when its contract may have changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.contracts.selectors import periods_as_known, rates
from tenure.engine.money import (
    AccountState,
    Period,
    by_account,
    completed_renewals,
    paid_months,
    spells_of,
    state_at,
)
from tenure.plays.preview.invoices import Invoices
from tenure.segments.facts.contract import APART, WORKED_OUT, value_of
from tenure.segments.facts.moment import Moment

_MOMENTS = (
    "recorded_at", "superseded_at", "started_at", "ended_at", "renews_at", "cancel_notified_at",
)  # fmt: skip
_GROW = {
    "paid_months": lambda periods, end: paid_months(spells_of(periods), end),
    "renewals_completed": lambda periods, end: len(completed_renewals(periods, end)),
}
"""What grows by itself, so that it is worked out for whichever account is asked about."""


class Contracts:
    """The contract fields of all accounts on rising days."""

    def __init__(self) -> None:
        self._periods: dict[int, list[Period]] = {}
        self._states: dict[int, AccountState] = {}
        self._columns: dict[str, dict[int, Any]] = {}
        self._invoices: Invoices | None = None
        self._end: datetime | None = None
        rows = SubscriptionPeriod.objects.values_list("external_id", "account_id", *_MOMENTS)
        told: list[tuple[datetime, str]] = []
        self._accounts: dict[str, set[int]] = {}
        for name, account, *moments in rows.iterator():
            self._accounts.setdefault(name, set()).add(account)
            told += [(moment, name) for moment in moments if moment is not None]
        self._told = sorted(told)
        self._all = list(Account.objects.values_list("pk", flat=True))
        self._rates = rates()
        self._plans = dict(Plan.objects.values_list("pk", "name"))

    def columns(self, moment: Moment, names: Collection[str]) -> Mapping[str, Mapping[int, Any]]:
        """Field → account → value, as `tenure.segments.facts.contract.read` has it.

        The columns go along with the days: they are good until the next day is asked for.
        """
        self._go_to(moment)
        found: dict[str, Mapping[int, Any]] = {}
        for name in names:
            if name == "overdue_days":
                self._invoices = self._invoices or Invoices()
                found[name] = self._invoices.overdue_days(moment)
            elif name in APART:
                found[name] = APART[name](moment)
            elif name in _GROW:
                found[name] = _Grown(self._periods, self._states, _GROW[name], moment.end)
            else:
                if name not in self._columns:
                    self._columns[name] = {}
                    self._fill(name, self._states, moment.end)
                found[name] = self._columns[name]
        return found

    def _fill(self, name: str, accounts: Iterable[int], end: datetime) -> None:
        """Put the values of some accounts into a column."""
        parts, column = WORKED_OUT.get(name, (name,)), self._columns[name]
        for account in accounts:
            state = self._states[account]
            terms = {part: getattr(state, part) for part in parts}
            if name == "plan":
                terms["plan"] = self._plans.get(state.plan or 0)
            value = value_of(name, terms, end)
            if value not in (None, ""):
                column[account] = value
            else:
                column.pop(account, None)

    def _go_to(self, moment: Moment) -> None:
        end, before = moment.end, self._end
        if before == end:
            return
        again = None if before is None else self._changed(before, end)
        if again is None or again:
            known = by_account(periods_as_known(end, again))
            conversion = self._rates.on(moment.day)
            for account in self._all if again is None else again:
                self._periods[account] = known.get(account, [])
                periods = self._periods[account]
                # What grows by itself is counted for those asked about (`_GROW`), not for all.
                self._states[account] = state_at(periods, end, conversion, counted=False)
            for name in self._columns:
                self._fill(name, self._all if again is None else again, end)
        self._end = end

    def _changed(self, before: datetime, end: datetime) -> set[int] | None:
        """Accounts whose contract may differ at `end`; None: all, as a rate changed."""
        days = (before.date(), end.date())
        if any(days[0] <= day <= days[1] for _currency, day, _rate in self._rates.rows):
            return None
        first = bisect_left(self._told, before, key=lambda one: one[0])
        last = bisect_right(self._told, end, key=lambda one: one[0])
        names = {name for _moment, name in self._told[first:last]}
        found = {account for name in names for account in self._accounts[name]}
        return found | {
            account
            for account, state in self._states.items()
            if state.renews_at is not None and state.renews_at <= end
        }


class _Grown(Mapping[int, Any]):
    """Account → a number that grows with time."""

    def __init__(
        self,
        periods: Mapping[int, list[Period]],
        states: Mapping[int, AccountState],
        grown: Callable[[list[Period], datetime], int],
        end: datetime,
    ) -> None:
        self._periods, self._states, self._grown, self._end = periods, states, grown, end

    def __getitem__(self, account: int) -> int:
        return self._grown(self._periods[account], self._end)

    def __iter__(self) -> Any:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)
