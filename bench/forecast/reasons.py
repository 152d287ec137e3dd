"""Are the drivers that the demo company's truth planted among the reasons given for the risk?

On each test date an account counts if its true hazard is raised, that is if more than half of the
week's true intensity to decide to leave comes from what it feels rather than from outside, and if
what weighs most on it is a driver that shows in the files at all: poor fit never does. Its driver
is found if it is among the three reasons that raise its forecast risk most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cirrus
import numpy as np
import peers
from numpy.typing import NDArray
from results import Figure, Table, at_least

from tenure.engine import scoring
from tenure.engine.panel import Panel
from tenure.engine.simulation.mind import DRIVERS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TOP, NOBODY, SEED = 3, "–", 0
WORDS = {
    "onboarding": "onboarding stalled",
    "no_champion": "no champion",
    "trust": "trust lost",
    "price": "price rose",
    "budget": "purse under pressure",
    "low_use": "little use",
}


@dataclass(frozen=True)
class Reasons:
    """The accounts that count on one test date, n of them, and what is said of each.

    `planted` (n,) the driver by the truth, `given` (n, TOP) the reasons that raise the risk, the
    greatest first, NOBODY where there are fewer. `hidden`: how many would count but for poor fit.
    """

    account: Ints
    planted: NDArray[np.str_]
    given: NDArray[np.str_]
    hidden: int

    @classmethod
    def of(
        cls, made: cirrus.Cirrus, test: Panel, origin: Any, names: Sequence[str], values: Floats
    ) -> "Reasons":
        """From contributions (rows, drivers) to the risk of the rows of one test date."""
        record, grid = made.world.record, made.world.grid
        week = int((origin - grid.start) // cirrus.WEEK)
        planted = np.array(DRIVERS)[record.driver[week, test.account]]
        raised = record.at_risk[week, test.account] & (planted != "outside")
        shown = raised & np.isin(planted, list(cirrus.MEASURES))
        order = np.argsort(-values, axis=1, kind="stable")[:, :TOP]
        told = np.array(names)[order]
        given = np.where(np.take_along_axis(values, order, axis=1) > 0, told, NOBODY)
        return cls(test.account[shown], planted[shown], given[shown], int((raised & ~shown).sum()))

    def found(self, given: NDArray[np.str_], first: int = TOP) -> Floats:
        """1 where the planted driver is among the first reasons of `given`, (n,)."""
        return np.asarray((given[:, :first] == self.planted[:, None]).any(axis=1), dtype=float)


def taught(made: cirrus.Cirrus, first: Any) -> float:
    """Share found among the first TOP by who is told the planted drivers of the months before.

    It learns from rows with origins before `first`, whose truth nobody has outside a simulation,
    and names drivers of the rows from then on: no reader of the files can be asked for more.
    """
    panel, record, grid = made.panel, made.world.record, made.world.grid
    week = ((panel.origin - grid.start) // cirrus.WEEK).astype(np.int64)
    planted = np.array(DRIVERS)[record.driver[week, panel.account]]
    counts = record.at_risk[week, panel.account] & np.isin(planted, list(cirrus.MEASURES))
    inputs = np.concatenate([panel.features, panel.ahead.reshape(len(panel), -1)], axis=1)
    before, after = counts & (panel.origin < first), counts & (panel.origin >= first)
    chances, names = peers.which(inputs[before], planted[before], inputs[after])
    told = names[np.argsort(-chances, axis=1, kind="stable")[:, :TOP]]
    return float((told == planted[after, None]).any(axis=1).mean())


def named(dates: Sequence[Reasons], ceiling: float) -> tuple[str, Table, Figure]:
    """What was found, driver by driver, and beside it what reasons of other accounts would.

    `ceiling`: what `taught` found.
    """
    random = np.random.default_rng(SEED)
    planted = np.concatenate([one.planted for one in dates])
    account = np.concatenate([one.account for one in dates])
    top = np.concatenate([one.found(one.given) for one in dates])
    first = np.concatenate([one.found(one.given, 1) for one in dates])
    luck = np.concatenate(
        [one.found(one.given[random.permutation(one.account.size)]) for one in dates]
    )
    rows = [
        (WORDS[name], *_shares([part[planted == name] for part in (top, first, luck)]))
        for name in cirrus.MEASURES
        if (planted == name).any()
    ]
    rows.append(("all", *_shares([top, first, luck])))
    share = scoring.bootstrap(lambda rows: float(top[rows].mean()), account)
    prose = (
        f"On the {len(dates)} test dates {planted.size} rows of {np.unique(account).size} accounts "
        "have a raised true hazard: more than half of it comes from what the account feels, and "
        "one driver that shows in files weighs most. (In "
        f"{sum(one.hidden for one in dates)} more rows poor fit does, which no file shows.) Found "
        f"is a driver that is among the {TOP} reasons that raise the forecast risk most, in "
        f'{share.value:.0%} ({share.low:.0%} … {share.high:.0%}) of rows; "by luck" tells the '
        "same of the reasons of another such account on that date. A model that is taught the "
        "planted drivers themselves on the months before has the right one among its first "
        f"{TOP} in {ceiling:.0%}: the files do not tell more."
    )
    columns = ("planted", "rows", f"among the first {TOP}", "first", "by luck")
    title = "Demo company, planted driver among the reasons"
    figure = at_least(f"DEMO PLANTED DRIVER AMONG {TOP} REASONS", float(top.mean()), 0.9, 3)
    return prose, Table(title, columns, tuple(rows)), figure


def _shares(parts: Sequence[Floats]) -> tuple[str, ...]:
    return (str(parts[0].size), *(f"{part.mean():.0%}" for part in parts))
