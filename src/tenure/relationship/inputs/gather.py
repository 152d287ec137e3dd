"""All inputs of the clauses for all accounts on many days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from tenure.accounts.history import attribute_on
from tenure.contracts.selectors.weekly import ContractDays, contracts_on
from tenure.core import clock
from tenure.engine.ladder import WeekInputs
from tenure.metrics.selectors.grid import panel_grid
from tenure.relationship.definitions import LadderDefinition
from tenure.relationship.inputs import timeline
from tenure.relationship.inputs.attitude import attitude
from tenure.relationship.inputs.facts import Floats, days_since, ends_of
from tenure.relationship.inputs.outlook import Outlook, fit_days, outlook
from tenure.relationship.inputs.people import key_person_active

ACTIVE_SHARE, PEOPLE = "active_weeks_share_26", "active_people_28d"


@dataclass(frozen=True)
class Gathered:
    """Inputs of all accounts (n) on many days (t), (n, t) each; see `WeekInputs`."""

    accounts: tuple[int, ...]
    days: tuple[date, ...]
    columns: tuple[int, ...]
    contracts: ContractDays
    active_share: Floats
    people: Floats
    touch_days: Floats
    touch_collected: Floats
    key_person: Floats
    outcome_days: Floats
    attitude: Floats
    answers: Floats
    outlook: Outlook
    advocacy_days: Floats

    def week(self, day: int) -> WeekInputs:
        """The inputs of one day, for the engine."""
        at = self.columns[day]
        contracts = self.contracts
        term = contracts.term[:, at]
        return WeekInputs(
            paid_months=contracts.paid_months[:, at],
            renewals=np.nan_to_num(contracts.renewals[:, at]),
            monthly=np.asarray(np.nan_to_num(term, nan=1.0) < 12),
            active_weeks_share=self.active_share[:, day],
            touch_days=self.touch_days[:, day],
            touch_collected=np.full(len(self.accounts), self.touch_collected[day] > 0),
            people=self.people[:, day],
            seats=contracts.seats[:, at],
            key_person=self.key_person[:, day],
            outcome_days=self.outcome_days[:, day],
            attitude=self.attitude[:, day],
            outlook=self.outlook.mean[:, day],
            advocacy_days=self.advocacy_days[:, day],
        )


def gather(accounts: Sequence[int], days: Sequence[date], definition: LadderDefinition) -> Gathered:
    """Everything as it was known at the end of each day."""
    n, ends = len(accounts), ends_of(days)
    row_of = {account: row for row, account in enumerate(accounts)}
    rules = definition.rules
    fits = fit_days(days)
    asked = sorted({*days, *fits})
    contracts = contracts_on(asked, accounts)
    segments = attribute_on("segment", asked, accounts)
    usage = _usage(accounts, days)
    back = _back(days, max(rules.touch_days, definition.attitude_days))
    standing, answers = attitude(
        timeline.attitudes(row_of, back),
        ends,
        n,
        definition.attitude_days,
        definition.attitude_accounts,
    )
    columns = tuple(asked.index(day) for day in days)
    return Gathered(
        accounts=tuple(accounts),
        days=tuple(days),
        columns=columns,
        contracts=contracts,
        active_share=usage[ACTIVE_SHARE],
        people=usage[PEOPLE],
        touch_days=days_since(timeline.touches(row_of, back), ends, n),
        touch_collected=_collected(ends),
        key_person=key_person_active(accounts, days, definition.roles, definition.active_days),
        outcome_days=_outcome_days(row_of, ends),
        attitude=standing,
        answers=answers,
        outlook=outlook(
            contracts, columns, [asked.index(day) for day in fits], segments, definition
        ),
        advocacy_days=days_since(timeline.advocacy(row_of), ends, n),
    )


def _outcome_days(row_of: dict[int, int], ends: Floats) -> Floats:
    """Days since an outcome; nan while the company had recorded none."""
    told = timeline.outcomes_begin()
    days = days_since(timeline.outcomes(row_of), ends, len(row_of))
    days[:, ends <= (told.timestamp() if told else np.inf)] = np.nan
    return days


def _usage(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    mondays = [clock.week_start(day) for day in days]
    grid = panel_grid([ACTIVE_SHARE, PEOPLE], mondays[0], mondays[-1], accounts)
    at = [(monday - mondays[0]).days // 7 for monday in mondays]
    return {metric: values[:, at] for metric, values in grid.items()}


def _back(days: Sequence[date], longest: float) -> datetime:
    """From when on facts are read: the first day and the longest window before it."""
    return datetime.combine(min(days) - timedelta(days=longest + 1), time(), UTC)


def _collected(ends: Floats) -> Floats:
    """1 from when the company's touchpoints were known."""
    occurred, recorded = timeline.touchpoints_begin()
    if occurred is None or recorded is None:
        return np.zeros(ends.size)
    return np.asarray(ends > max(occurred, recorded).timestamp(), dtype=float)
