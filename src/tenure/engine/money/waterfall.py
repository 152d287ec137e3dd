"""The MRR waterfall of a window, and the retention figures read off it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from numpy.typing import NDArray

from tenure.engine.money.currency import Conversion
from tenure.engine.money.mrr import MrrMatrix, as_money, mrr_matrix
from tenure.engine.money.periods import Period

ONE = Decimal(1)


@dataclass(frozen=True)
class Waterfall:
    """MRR from `start` to `end` in the reporting currency at the rates of one day.

    mrr_end = mrr_start + new + reactivation + expansion - contraction - churn, always.

    Attributes:
        retained_expansion, retained_contraction: The part of expansion and contraction that
            belongs to accounts that paid at the start (differs only with credits).
        accounts_start, accounts_end: Accounts paying then, or within the churn rule's days
            after they stopped.
        lost, gained: Accounts among those at the start only, at the end only.
        unconverted: Accounts in none of these figures for want of an exchange rate, with the
            currencies that lack one.
    """

    start: datetime
    end: datetime
    mrr_start: Decimal
    mrr_end: Decimal
    new: Decimal
    reactivation: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    retained_expansion: Decimal
    retained_contraction: Decimal
    accounts_start: int
    accounts_end: int
    lost: int
    gained: int
    new_accounts: int
    unconverted: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def grr(self) -> Decimal | None:
        """Gross revenue retention: (start - contraction - churn) / start, at most 1.

        None when nothing was paid at the start.
        """
        kept = self.mrr_start - self.retained_contraction - self.churn
        share = _ratio(kept, self.mrr_start)
        return None if share is None else min(share, ONE)

    @property
    def nrr(self) -> Decimal | None:
        """Net revenue retention: (start + expansion - contraction - churn) / start, of the same."""
        kept = self.mrr_start - self.retained_contraction - self.churn
        return _ratio(kept + self.retained_expansion, self.mrr_start)

    @property
    def logo_churn(self) -> Decimal | None:
        """Accounts lost / accounts at the start."""
        return _ratio(Decimal(self.lost), Decimal(self.accounts_start))

    @property
    def quick_ratio(self) -> Decimal | None:
        """(new + reactivation + expansion) / (contraction + churn); None when nothing shrank."""
        grown = self.new + self.reactivation + self.expansion
        return _ratio(grown, self.contraction + self.churn)


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole > 0 else None


def waterfall_series(
    periods: Sequence[Period],
    moments: Sequence[datetime],
    convert: Conversion,
    grace: timedelta = timedelta(0),
) -> list[Waterfall]:
    """One waterfall for each pair of neighbouring moments.

    All are at the rates of the same day and leave out the same accounts, so each ends where the
    next begins and their net changes add up to that of the whole.

    Args:
        periods: Periods with their effective ends, of all time before the last moment.
        moments: T ascending moments; T - 1 waterfalls come back.
        convert: Rates of one day.
        grace: The churn rule's days without payment (`ChurnRule.grace`), for counting accounts.
    """
    return waterfalls(mrr_matrix(periods, moments, convert, grace))


def waterfalls(matrix: MrrMatrix) -> list[Waterfall]:
    """One waterfall for each pair of neighbouring moments of a matrix."""
    return [_waterfall(matrix, column) for column in range(len(matrix.moments) - 1)]


def waterfall(
    periods: Sequence[Period],
    start: datetime,
    end: datetime,
    convert: Conversion,
    grace: timedelta = timedelta(0),
) -> Waterfall:
    """The waterfall of one window; see `waterfall_series`."""
    return waterfall_series(periods, [start, end], convert, grace)[0]


def _waterfall(matrix: MrrMatrix, column: int) -> Waterfall:
    before, after = matrix.units[:, column], matrix.units[:, column + 1]
    moved = after - before
    came = (before <= 0) & (after > 0)
    left = (before > 0) & (after <= 0)
    stayed = ~came & ~left
    paid = matrix.first_paid <= column
    held = stayed & (before > 0)
    was, remains = matrix.paying[:, column] > 0, matrix.paying[:, column + 1] > 0
    return Waterfall(
        start=matrix.moments[column],
        end=matrix.moments[column + 1],
        mrr_start=_total(before),
        mrr_end=_total(after),
        new=_total(moved[came & ~paid]),
        reactivation=_total(moved[came & paid]),
        expansion=_total(moved[stayed & (moved > 0)]),
        contraction=_total(-moved[stayed & (moved < 0)]),
        churn=_total(-moved[left]),
        retained_expansion=_total(moved[held & (moved > 0)]),
        retained_contraction=_total(-moved[held & (moved < 0)]),
        accounts_start=int(was.sum()),
        accounts_end=int(remains.sum()),
        lost=int((was & ~remains).sum()),
        gained=int((remains & ~was).sum()),
        new_accounts=int((came & ~paid).sum()),
        unconverted=tuple(sorted(matrix.unconverted.items())),
    )


def _total(units: NDArray[Any]) -> Decimal:
    return as_money(units.sum())
