"""Are the drivers that the demo company's truth planted among the reasons given for the risk?

The driver of an account is the condition that raises its log-odds of leaving most, measured as
reasons are: against the average account at risk in that week (`tenure.engine.simulation.blame`).
An account is asked about on a test date if its driver raises the odds of leaving within a month by
a quarter or more and shows in the files at all: poor fit never does. The driver is found if it is
among the three reasons that raise the forecast risk most.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cirrus
import numpy as np
import peers
from numpy.typing import NDArray
from results import Figure, Table, at_least

from tenure.engine import scoring
from tenure.engine.panel import Panel
from tenure.engine.simulation import blame
from tenure.engine.simulation.mind import FELT, LACKS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Names = NDArray[np.str_]
TOP, NOBODY, SEED = 3, "–", 0
TROUBLES = list(cirrus.MEASURES)
WORDS = {
    "onboarding": "onboarding stalled",
    "no_champion": "no champion",
    "trust": "trust lost",
    "price": "price rose",
    "budget": "purse under pressure",
    "low_use": "little use",
}
COLUMNS = (f"among the first {TOP}", "first", "by luck", "first, by luck")


@dataclass(frozen=True)
class Said:
    """Contributions to the risk of the n rows of one test date: `values` (n, d) by `names` (d,).

    `rooted` by `order`: the same in the order of causes (`causes`).
    """

    rows: Panel
    names: tuple[str, ...]
    values: Floats
    order: tuple[str, ...]
    rooted: Floats


@dataclass(frozen=True)
class Reasons:
    """What was said of n accounts that are asked about, and what was planted in each.

    `given` (n, TOP): reasons that raise the risk, the greatest first, NOBODY where there are fewer.
    """

    account: Ints
    date: NDArray[np.datetime64]
    planted: Names
    given: Names

    @classmethod
    def of(cls, rows: Panel, planted: Names, names: Sequence[str], values: Floats) -> "Reasons":
        """From contributions (rows, drivers) to the risk; only rows whose driver shows."""
        order = np.argsort(-values, axis=1, kind="stable")[:, :TOP]
        raises = np.take_along_axis(values, order, axis=1) > 0
        given = np.where(raises, np.array(names)[order], NOBODY)
        asked = np.isin(planted, TROUBLES)
        return cls(rows.account[asked], rows.origin[asked], planted[asked], given[asked])

    @classmethod
    def joined(cls, parts: Sequence["Reasons"]) -> "Reasons":
        """Of several dates."""
        names = ("account", "date", "planted", "given")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def found(self, first: int) -> Floats:
        """1 where the planted driver is among the first reasons, (n,)."""
        return _among(self.given[:, :first], self.planted)

    def luck(self, first: int) -> Floats:
        """The same of the reasons given for another account on that date, (n,)."""
        random, given = np.random.default_rng(SEED), self.given.copy()
        for date in np.unique(self.date):
            here = np.flatnonzero(self.date == date)
            given[here] = self.given[random.permutation(here)]
        return _among(given[:, :first], self.planted)

    def row(self, title: str, which: Any = slice(None)) -> tuple[str, ...]:
        """Title, number of rows, shares as in COLUMNS."""
        parts = [self.found(TOP), self.found(1), self.luck(TOP), self.luck(1)]
        count = str(self.planted[which].size)
        return (title, count, *(f"{part[which].mean():.0%}" for part in parts))


def _among(given: Names, planted: Names) -> Floats:
    return np.asarray((given == planted[:, None]).any(axis=1), dtype=float)


def planted_in(made: cirrus.Cirrus, drivers: Names, rows: Panel) -> Names:
    """Of each row what `drivers` (weeks, accounts) says of the week of its origin."""
    week = ((rows.origin - made.world.grid.start) // cirrus.WEEK).astype(np.int64)
    return np.asarray(drivers[week, rows.account])


def asked_otherwise(
    made: cirrus.Cirrus, drivers: Names, said: Sequence[Said]
) -> Iterator[tuple[str, Reasons]]:
    """The same of other reasons and of another driver, with what each is called."""
    record = made.world.record
    lacking = np.where(record.at_risk, np.array(LACKS)[record.lacking], NOBODY)
    planted = [planted_in(made, drivers, one.rows) for one in said]
    lacks = [planted_in(made, lacking, one.rows) for one in said]
    pairs = list(zip(said, planted, strict=True))
    troubles = [np.isin(one.names, TROUBLES) for one in said]
    yield (
        "contract, season and the like left out",
        Reasons.joined(
            [
                Reasons.of(one.rows, names, np.array(one.names)[kept].tolist(), one.values[:, kept])
                for (one, names), kept in zip(pairs, troubles, strict=True)
            ]
        ),
    )
    yield (
        "in the order of causes",
        Reasons.joined(
            [Reasons.of(one.rows, names, one.order, one.rooted) for one, names in pairs]
        ),
    )
    yield (
        "what is furthest from a perfect account",
        Reasons.joined(
            [
                Reasons.of(one.rows, names, one.names, one.values)
                for one, names in zip(said, lacks, strict=True)
            ]
        ),
    )
    yield from taught(made, drivers, np.concatenate([one.rows.origin for one in said]))


def taught(
    made: cirrus.Cirrus, drivers: Names, dates: NDArray[np.datetime64]
) -> Iterator[tuple[str, Reasons]]:
    """By who is told the drivers planted before the first of the dates, and by who repeats them.

    Nobody outside a simulation has them. The first learns to tell them from the features, the
    second says the most frequent of every account.
    """
    panel, planted = made.panel, planted_in(made, drivers, made.panel)
    counts = np.isin(planted, TROUBLES)
    inputs = np.concatenate([panel.features, panel.ahead.reshape(len(panel), -1)], axis=1)
    before, after = counts & (panel.origin < dates.min()), counts & np.isin(panel.origin, dates)
    rows = panel.take(after)
    chances, names = peers.which(inputs[before], planted[before], inputs[after])
    yield "a model taught the drivers", Reasons.of(rows, planted[after], names.tolist(), chances)
    many = Counter(planted[before].tolist())
    usual = np.tile([float(many[name]) for name in names], (len(rows), 1))
    yield "always the most frequent", Reasons.of(rows, planted[after], names.tolist(), usual)


def by_driver(reasons: Reasons) -> Table:
    """Driver by driver, and what is named first in most of its rows where it is not the driver."""
    rows = []
    for name in TROUBLES:
        here = reasons.planted == name
        if here.any():
            others = Counter(one for one in reasons.given[here, 0].tolist() if one != name)
            instead, count = others.most_common(1)[0] if others else (NOBODY, 0)
            told = f"{WORDS.get(instead, instead)} ({count / here.sum():.0%})"
            rows.append((*reasons.row(WORDS[name], here), told))
    rows.append((*reasons.row("all"), ""))
    title = "Demo company, planted driver among the reasons"
    return Table(title, ("planted", "rows", *COLUMNS, "most often first instead"), tuple(rows))


def named(made: cirrus.Cirrus, said: Sequence[Said]) -> tuple[str, tuple[Table, ...], Figure]:
    """What was found, and what is when asked otherwise."""
    drivers = blame.planted(blame.contributions(made.world))
    planted = [planted_in(made, drivers, one.rows) for one in said]
    main = Reasons.joined(
        [
            Reasons.of(one.rows, names, one.names, one.values)
            for one, names in zip(said, planted, strict=True)
        ]
    )
    top = main.found(TOP)
    hidden = sum(int(np.isin(names, list(FELT)).sum()) for names in planted) - top.size
    share = scoring.bootstrap(lambda rows: float(top[rows].mean()), main.account)
    prose = (
        f"On the {len(said)} test dates {top.size} rows of {np.unique(main.account).size} accounts "
        "have a planted driver: against the average account at risk in that week, one condition "
        "that shows in files raises the true odds of leaving most, by a quarter or more. (In "
        f"{hidden} more rows poor fit does, which no file shows.) It is among the {TOP} reasons "
        f"that raise the forecast risk most in {share.value:.0%} ({share.low:.0%} … "
        f"{share.high:.0%}) of rows. By luck: the same of the reasons of another such account on "
        "that date."
    )
    others = asked_otherwise(made, drivers, said)
    rows = tuple(one.row(title) for title, one in (("Tenure's reasons", main), *others))
    title = "Demo company, the same asked otherwise"
    figure = at_least(f"DEMO PLANTED DRIVER AMONG {TOP} REASONS", float(top.mean()), 0.9, 3)
    return prose, (by_driver(main), Table(title, ("", "rows", *COLUMNS), rows)), figure
