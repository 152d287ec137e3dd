"""GRR and NRR of a book by month, with what good and bad luck may make of them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import Prediction
from tenure.forecast.selectors.predictions import newest_rows

if TYPE_CHECKING:
    from tenure.engine.states import Book

RUNS = 500


@dataclass(frozen=True)
class RevenueFan:
    """Quantiles at `levels` at the start and after months 1…H; `mean`s beside them.

    `grr`, `nrr` (shares of the MRR now) and `mrr`: one tuple of H + 1 values per level. `accounts`:
    how many are in it; `unknown`: how many paying accounts are not, for want of a prediction or
    an amount.
    """

    start: date
    levels: tuple[float, ...]
    grr: tuple[tuple[float, ...], ...]
    nrr: tuple[tuple[float, ...], ...]
    mrr: tuple[tuple[float, ...], ...]
    grr_mean: tuple[float, ...]
    nrr_mean: tuple[float, ...]
    accounts: int
    unknown: int


def fan(accounts: QuerySet[Account], months: int = 12) -> RevenueFan | None:
    """Simulate the book of some accounts; None where nothing is predicted for any of them."""
    from tenure.engine.states import fan as simulated  # loads much that few processes need

    rows = list(newest_rows(accounts).defer("drivers", "similar").select_related("run"))
    told = [row for row in rows if row.mrr is not None]
    if not told:
        return None
    horizons = min(months, *(len(row.survival) for row in told))
    found = simulated(_book(told, horizons), runs=RUNS)
    paying = accounts.filter(contract__mrr__gt=0).count()
    return RevenueFan(
        start=clock.today(),
        levels=found.levels,
        grr=_rows(found.grr),
        nrr=_rows(found.nrr),
        mrr=_rows(found.mrr),
        grr_mean=_row(found.expected.grr),
        nrr_mean=_row(found.expected.nrr),
        accounts=len(told),
        unknown=max(paying - len(told), 0),
    )


def _book(rows: list[Prediction], horizons: int) -> "Book":
    """Monthly chances of each account; a month's moves are cut where they exceed certainty."""
    from tenure.engine.states import Book

    survival = np.array([row.survival[:horizons] for row in rows], dtype=float)
    before = np.concatenate([np.ones((len(rows), 1)), survival[:, :-1]], axis=1)
    churn = np.clip(1.0 - survival / np.maximum(before, 1e-12), 0.0, 1.0)
    given = rows[0].run.parameters
    cuts, raises = np.array(given["cuts"], float), np.array(given["raises"], float)
    shrink = _hazard(rows, "contraction", horizons) * float(cuts.size > 0)
    grow = _hazard(rows, "expansion", horizons) * float(raises.size > 0)
    room = (1.0 - churn) / np.maximum(shrink + grow, 1e-12)
    fits = np.minimum(room, 1.0)
    mrr = [max(row.mrr or 0.0, 0.0) for row in rows]
    return Book.of(mrr, churn, shrink * fits, grow * fits, cuts, raises)


def _hazard(rows: list[Prediction], cause: str, horizons: int) -> Floats:
    none = [0.0] * horizons
    return np.array([row.hazards.get(cause, none)[:horizons] for row in rows], dtype=float)


def _row(values: Floats) -> tuple[float, ...]:
    found: list[float] = values.tolist()
    return tuple(found)


def _rows(table: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(_row(values) for values in table)
