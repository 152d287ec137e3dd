"""Conversion of cohorts beside what mere survival would have given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.relationship.selectors import CohortConversion
from tenure.web.figures import Chart, Series
from tenure.web.ladder.moves import Ranged
from tenure.web.locales import written_quarter

SHOWN = 12


@dataclass(frozen=True)
class CohortRow:
    """One cohort in shares of its accounts. `verdict`: above, below or within the expectation.

    `moved`: the share of clients that the monthly moves between levels expect.
    """

    name: str
    quarter: date
    accounts: int
    clients: int
    client_share: float
    lasting_share: float
    expected: float
    low: float
    high: float
    ripe: bool
    verdict: str
    moved: Ranged | None


def cohort_rows(
    cohorts: Sequence[CohortConversion], shares: Sequence[Sequence[float]] = ()
) -> list[CohortRow]:
    """The newest cohorts, newest first.

    `shares`: [mean, low, high] of customers that are clients so many months later, by the monthly
    moves of all accounts (`MonthlyMoves.client_share`).
    """
    return [_row(cohort, shares) for cohort in reversed(cohorts[-SHOWN:])]


def _moved(quarter: date, shares: Sequence[Sequence[float]]) -> Ranged | None:
    """What the moves expect of a cohort, counted from the middle of its quarter."""
    today = clock.today()
    months = 12 * (today.year - quarter.year) + today.month - quarter.month - 1
    return Ranged(*shares[months]) if 0 <= months < len(shares) else None


def _row(cohort: CohortConversion, shares: Sequence[Sequence[float]]) -> CohortRow:
    expected = cohort.expected_lasting
    lasting = cohort.lasting / cohort.accounts
    ripe = expected.high > 0
    verdict = ""
    if ripe:
        above, below = lasting > expected.high, lasting < expected.low
        verdict = "above" if above else "below" if below else "within"
    return CohortRow(
        name=written_quarter(cohort.quarter),
        quarter=cohort.quarter,
        accounts=cohort.accounts,
        clients=cohort.clients,
        client_share=cohort.clients / cohort.accounts,
        lasting_share=lasting,
        expected=expected.mean,
        low=expected.low,
        high=expected.high,
        ripe=ripe,
        verdict=verdict,
        moved=_moved(cohort.quarter, shares),
    )


def cohort_chart(rows: Sequence[CohortRow]) -> Chart:
    """Shares by cohort, oldest first; cohorts too young to have lasted are left out."""
    ripe = [row for row in reversed(rows) if row.ripe]
    return Chart(
        key="ladder-cohorts",
        title=_("Share of each cohort"),
        kind="line",
        unit="%",
        decimals=1,
        labels=[row.name for row in ripe],
        series=[
            Series(_("Clients today"), [_percent(row.client_share) for row in ripe], "client"),
            Series(
                _("Paying past the first year"),
                [_percent(row.lasting_share) for row in ripe],
                "good",
            ),
            Series(
                _("Expected of mere survival"), [_percent(row.expected) for row in ripe], "unknown"
            ),
            *_moved_series(ripe),
        ],
        summary=_sentence(rows),
    )


def _moved_series(ripe: Sequence[CohortRow]) -> list[Series]:
    """Clients expected of the monthly moves, where there are any."""
    if not any(row.moved for row in ripe):
        return []
    values = [_percent(row.moved.value) if row.moved else None for row in ripe]
    return [Series(_("Clients expected of the monthly moves"), values, "advocate")]


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _sentence(rows: Sequence[CohortRow]) -> str:
    ripe = [row for row in rows if row.ripe]
    if not ripe:
        return _("No cohort is old enough yet to have lasted.")
    size = sum(row.accounts for row in ripe)
    return _(
        "Of %(n)s accounts old enough, %(clients)s %% are clients; %(lasting)s %% lasted past the "
        "first year, where survival alone let expect %(expected)s %%."
    ) % {
        "n": size,
        "clients": round(100 * sum(row.clients for row in ripe) / size),
        "lasting": round(100 * sum(row.lasting_share * row.accounts for row in ripe) / size),
        "expected": round(100 * sum(row.expected * row.accounts for row in ripe) / size),
    }
