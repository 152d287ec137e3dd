"""The heat map: cohorts by when they first paid, against months since."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from tenure.engine.retention import Cohorts, cohorts
from tenure.web.retention.books import Kept
from tenure.web.retention.choices import Choices
from tenure.web.retention.words import month_name, quarter_of

AGES = {"month": np.arange(25), "quarter": np.arange(0, 61, 3)}
SPAN = {"month": 1, "quarter": 3}
ROWS = 24
OVER = 1.005


@dataclass(frozen=True)
class HeatCell:
    """A share, and how strongly it is tinted: 0 to 10 up to all, "over" beyond. None: not known."""

    share: float | None
    step: str


@dataclass(frozen=True)
class HeatRow:
    """A cohort. `accounts` it has, `unpriced` of them without an exchange rate."""

    name: str
    accounts: int
    unpriced: int
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class Heat:
    """The rows, newest first, the months of their columns, and what all cohorts together kept."""

    ages: tuple[int, ...]
    rows: tuple[HeatRow, ...]
    together: tuple[HeatCell, ...]
    accounts: int
    older: int
    summary: str


def heat_of(kept: Kept, choices: Choices) -> Heat:
    """The newest cohorts; the line for all together counts the older ones too."""
    found = cohorts(kept.book, AGES[choices.cohort], SPAN[choices.cohort], kept.lives)
    shares = {
        "logos": found.logo_share, "gross": found.gross_share, "net": found.net_share,
    }[choices.shown]()  # fmt: skip
    wide = int(found.known.any(axis=0).sum())
    names = month_name if choices.cohort == "month" else quarter_of
    newest = range(len(found.start) - 1, max(len(found.start) - ROWS, 0) - 1, -1)
    rows = tuple(
        HeatRow(
            name=names(int(found.start[index])),
            accounts=int(found.accounts[index]),
            unpriced=int(found.accounts[index] - found.priced[index]),
            cells=tuple(_cell(value) for value in shares[index, :wide]),
        )
        for index in newest
    )
    together = tuple(_cell(value) for value in _together(found, choices.shown)[:wide])
    return Heat(
        ages=tuple(int(age) for age in found.ages[:wide]),
        rows=rows,
        together=together,
        accounts=int(found.accounts.sum()),
        older=int(found.accounts[: max(len(found.start) - ROWS, 0)].sum()),
        summary=_sentence(found, together, choices),
    )


def _cell(value: float) -> HeatCell:
    if not np.isfinite(value):
        return HeatCell(None, "")
    step = "over" if value > OVER else str(min(max(round(10 * float(value)), 0), 10))
    return HeatCell(float(value), step)


def _together(found: Cohorts, shown: str) -> list[float]:
    """At each age, over the cohorts that are known then."""
    part = {"logos": found.logos, "gross": found.kept, "net": found.net}[shown]
    whole = found.accounts if shown == "logos" else found.base
    bases = (found.known * whole[:, None]).sum(axis=0)
    sums = part.sum(axis=0)
    return [
        float(total / base) if base > 0 else float("nan")
        for total, base in zip(sums, bases, strict=True)
    ]


def _sentence(found: Cohorts, together: tuple[HeatCell, ...], choices: Choices) -> str:
    kept = {
        "logos": _("of their accounts"),
        "gross": _("of their first MRR, expansion left out"),
        "net": _("of their first MRR, expansion counted"),
    }[choices.shown]
    told = [
        _("%(share)s %% after %(n)s months") % {"share": round(100 * cell.share), "n": age}
        for age, cell in zip(found.ages.tolist(), together, strict=False)
        if age in {12, 24} and cell.share is not None
    ]
    if not told:
        return _("No cohort is a year old yet.")
    text = _("All cohorts together kept %(shares)s %(of)s.")
    return text % {"shares": _(" and ").join(told), "of": kept}
