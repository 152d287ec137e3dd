"""C6: the probability of still paying in twelve months, as it was known then.

It is the forecast's where a model that found a signal had predicted by the day. Else it is read off
retention curves, which know an account's age and terms but not what it does: for each calendar
month the curves of every segment on monthly and on yearly terms are fitted once, from what was
known at the end of the month before: all paying spells, ended or not. An account's probability is
that of surviving the renewals of the next twelve months, given those it survived.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tenure.contracts.selectors.weekly import ContractDays
from tenure.engine.sbg import MONTHLY, YEARLY, Exposure, Posterior, posterior
from tenure.forecast.selectors.stays import stay_on
from tenure.relationship.definitions import LadderDefinition
from tenure.relationship.inputs.facts import Floats
from tenure.relationship.models import OutlookSource

YEAR_DAYS = 366.0
MONTH, YEAR = 1, 12


@dataclass(frozen=True)
class Outlook:
    """P(still paying in twelve months) and its 90 % interval, (accounts, days); nan: unknown.

    `as_of`: the day whose knowledge it rests on, of the forecast or of the curves; NaT: unknown.
    `survived`: periods of `unit` months survived; `more`: renewals in the next twelve months.
    `forecast`: whether it is the forecast's; then `survived` and `more` say nothing of it.
    """

    mean: Floats
    low: Floats
    high: Floats
    survived: Floats
    more: Floats
    unit: Floats
    forecast: NDArray[np.bool_]
    as_of: NDArray[np.datetime64]

    def sources(self, day: int) -> list[str]:
        """What each account's outlook rests on, on one day; empty where it is unknown."""
        known = np.where(np.isnan(self.mean[:, day]), "", OutlookSource.CURVES.value)
        told: list[str] = np.where(
            self.forecast[:, day], OutlookSource.FORECAST.value, known
        ).tolist()
        return told


def fit_days(days: Sequence[date]) -> list[date]:
    """The day whose knowledge is used for each day: the last of the month before."""
    return [day.replace(day=1) - timedelta(days=1) for day in days]


def outlook(
    contracts: ContractDays,
    columns: Sequence[int],
    fits: Sequence[int],
    segments: NDArray[np.object_],
    definition: LadderDefinition,
) -> Outlook:
    """The outlook on the days at `columns`, each with the curves known on its day of `fits`."""
    shape = (contracts.accounts.size, len(columns))
    names = ("mean", "low", "high", "survived", "more", "unit")
    unknown = {name: np.full(shape, np.nan) for name in names}
    found = Outlook(
        **unknown,
        forecast=np.zeros(shape, dtype=bool),
        as_of=np.full(shape, "NaT", dtype="datetime64[D]"),
    )
    unit = _unit(contracts.term)
    for fit in sorted(set(fits)):
        at = [i for i, day in enumerate(fits) if day == fit]
        for months, segment, curve in _curves(contracts, fit, segments[:, fit], unit, definition):
            for i in at:
                column = columns[i]
                here = contracts.paying[:, column] & (unit[:, column] == months)
                rows = np.flatnonzero(here & (segments[:, column] == segment))
                _apply(found, contracts, rows, i, column, months, curve)
                found.as_of[rows, i] = contracts.days[fit]
    _foretold(found, contracts, columns)
    return found


def _foretold(found: Outlook, contracts: ContractDays, columns: Sequence[int]) -> None:
    """Put the forecast where there was one by the day; notice to leave still makes it 0."""
    days = [contracts.days[column] for column in columns]
    said = stay_on(days, contracts.accounts.tolist())
    at = list(columns)
    here = ~np.isnan(said.mean) & contracts.paying[:, at]
    leaving = contracts.notice[:, at]
    for name in ("mean", "low", "high"):
        values = np.where(leaving, 0.0, getattr(said, name))
        getattr(found, name)[here] = values[here]
    found.forecast[here] = True
    found.as_of[here] = said.as_of[here]


def _unit(term: Floats) -> Floats:
    """Months between two chances to leave: 1 below a year and when unknown, else 12."""
    return np.where(np.nan_to_num(term, nan=1.0) < YEAR, float(MONTH), float(YEAR))


def _curves(
    contracts: ContractDays,
    fit: int,
    segments: NDArray[np.object_],
    unit: Floats,
    definition: LadderDefinition,
) -> Iterator[tuple[int, object, Posterior]]:
    """(months between renewals, segment, its curve) for each segment, as known on one day."""
    closed = [c for c in contracts.closed if c.first <= fit <= c.last]
    rows = np.array([c.row for c in closed], dtype=np.int64)
    lengths = np.array([c.months for c in closed], dtype=float)
    terms = _unit(np.array([c.term for c in closed], dtype=float))
    paying = np.flatnonzero(contracts.paying[:, fit])
    seen = len(closed) + paying.size
    if seen < definition.outlook_customers:
        return
    for months in (MONTH, YEAR):
        ended = terms == months
        open_ = paying[unit[paying, fit] == months]
        exposures = {
            segment: _exposure(
                lengths[ended & (segments[rows] == segment)],
                contracts.spell_months[open_[segments[open_] == segment], fit],
                months,
            )
            for segment in dict.fromkeys(segments.tolist())
        }
        for segment, own in exposures.items():
            others = _exposure(
                lengths[ended & (segments[rows] != segment)],
                contracts.spell_months[open_[segments[open_] != segment], fit],
                months,
            )
            prior = MONTHLY if months == MONTH else YEARLY
            yield months, segment, posterior(own, prior, others, definition.outlook_borrowed)


def _exposure(ended: Floats, running: Floats, months: int) -> Exposure:
    """Spells that ended after so many months (at the end of a period), and those that run on."""
    lost = np.maximum(np.ceil(ended / months), 1) - 1
    kept = np.floor(np.nan_to_num(running) / months)
    survived = np.concatenate([lost, kept])
    return Exposure.of_customers(survived, np.arange(survived.size) < lost.size)


def _apply(
    found: Outlook,
    contracts: ContractDays,
    rows: NDArray[np.intp],
    i: int,
    column: int,
    months: int,
    curve: Posterior,
) -> None:
    if not rows.size:
        return
    survived = np.floor(np.nan_to_num(contracts.spell_months[rows, column]) / months)
    due = np.nan_to_num(contracts.renews_in_days[rows, column], nan=0.0)
    more = np.full(rows.size, 12.0) if months == MONTH else (due <= YEAR_DAYS).astype(float)
    chance = curve.still_paying(survived, more)
    leaving = contracts.notice[rows, column]
    for name in ("mean", "low", "high"):
        getattr(found, name)[rows, i] = np.where(leaving, 0.0, getattr(chance, name))
    found.survived[rows, i], found.more[rows, i], found.unit[rows, i] = survived, more, months
