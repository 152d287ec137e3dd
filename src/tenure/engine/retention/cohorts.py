"""What became of the accounts that first paid in the same month or quarter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.retention.book import Book
from tenure.engine.retention.grid import first_units, running, units_at
from tenure.engine.retention.spans import (
    Ints,
    Spans,
    among,
    close_of,
    month_number,
    month_of,
    stamp,
)


@dataclass(frozen=True)
class Cohorts:
    """C cohorts, oldest first, seen K times.

    A cell is known when every account of its cohort could be seen so many months after the month
    of its first payment by the last closed month; the others are masked, never guessed.

    Attributes:
        start: First month of each cohort, numbered from January 1970. Shape (C,).
        accounts: Accounts that first paid in it; all cohorts together are all that ever paid.
        ages: Months since the month of the first payment, K ascending numbers; age 0 is the close
            of that month itself.
        known: Which cells are. Shape (C, K).
        logos: Accounts that count as one then, (C, K); 0 where not known.
        priced: Accounts whose money is in the sums, (C,): all but those without exchange rate.
        base: Their MRR at their first payment, in units of 0.0001, (C,).
        kept: Sum of min(MRR then, MRR at first), (C, K).
        net: Sum of MRR then, (C, K).
    """

    start: Ints
    accounts: Ints
    ages: Ints
    known: NDArray[np.bool_]
    logos: Ints
    priced: Ints
    base: Ints
    kept: Ints
    net: Ints

    def logo_share(self) -> NDArray[np.float64]:
        """Accounts kept / accounts, nan where not known. Shape (C, K)."""
        return _share(self.logos, self.accounts, self.known)

    def gross_share(self) -> NDArray[np.float64]:
        """Gross revenue retention: what is left of the first MRR, expansion left out."""
        return _share(self.kept, self.base, self.known)

    def net_share(self) -> NDArray[np.float64]:
        """Net revenue retention: MRR then / MRR at first payment."""
        return _share(self.net, self.base, self.known)


def _share(part: Ints, whole: Ints, known: NDArray[np.bool_]) -> NDArray[np.float64]:
    base = np.broadcast_to(whole[:, None], part.shape)
    told = known & (base > 0)
    out = np.full(part.shape, np.nan)
    return np.asarray(np.divide(part, base, out=out, where=told))


def cohorts(book: Book, ages: Ints, span: int = 1, lives: Spans | None = None) -> Cohorts:
    """Cohorts by month (`span` 1) or quarter (`span` 3) of the first payment.

    Args:
        book: Of the accounts to be counted.
        ages: Months since the month of first payment, ascending.
        span: Calendar months to a cohort; a cohort begins with a month divisible by it.
        lives: The times in which an account counts as one; None: its times of payment.
    """
    opening = book.spells.firsts()
    month = month_of(opening.started)
    start = np.unique(month // span)
    cohort = np.searchsorted(start, month // span)
    last = month_number(book.as_of) - 1
    known = (start[:, None] * span + span - 1 + ages[None, :]) <= last
    seen = _seen(book, opening, month, ages, lives)
    logos, kept, net = (
        np.where(known, _summed(cohort, cells, len(start)), 0) for cells in seen.cells
    )
    return Cohorts(
        start=start * span,
        accounts=np.bincount(cohort, minlength=len(start)),
        ages=ages,
        known=known,
        logos=logos,
        priced=np.bincount(cohort[seen.priced], minlength=len(start)),
        base=_summed(cohort, seen.base, len(start)),
        kept=kept,
        net=net,
    )


def _summed(cohort: NDArray[np.intp], units: Ints, size: int) -> Ints:
    total = np.zeros((size, *units.shape[1:]), dtype=np.int64)
    np.add.at(total, cohort, units)
    return total


@dataclass(frozen=True)
class _Seen:
    """By account: its first MRR, whether it has one, and (logos, kept, net) of shape (A, K)."""

    base: Ints
    priced: NDArray[np.bool_]
    cells: tuple[Ints, Ints, Ints]


def _seen(book: Book, opening: Spans, month: Ints, ages: Ints, lives: Spans | None) -> _Seen:
    keys, last = opening.account, month_number(book.as_of) - 1
    first = min(int(month.min()) if len(month) else last, last)
    numbers = range(first, last + 1)
    closes = np.array([stamp(close_of(number)) for number in numbers], dtype=np.int64)
    column = np.clip(month[:, None] + ages[None, :] - first, 0, len(closes) - 1)
    base = first_units(book.steps, keys, opening.started)
    net = np.take_along_axis(units_at(book.steps, keys, closes), column, axis=1)
    logos = running(book.spells if lives is None else lives, keys, closes)
    return _Seen(
        base=base,
        priced=~among(keys, book.unconverted),
        cells=(
            np.take_along_axis(logos, column, axis=1),
            np.minimum(net, base[:, None]),
            net,
        ),
    )
