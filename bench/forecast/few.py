"""Sixty accounts with five churns: do intervals hold the truth, and is noise called a signal?

The true chances are known, since each company is drawn. Intervals of 90 % should hold them in 85 %
of cases at least: as a part of one company's accounts, averaged over companies, and for the average
of the company. Where no measure says anything, the rule of `engine/hazards/contest.py` claims a
signal by luck once in twenty times if its standard errors are right.
"""

import math

import numpy as np
from numpy.typing import NDArray
from results import Figure, Part, Table, at_least, counted

from tenure.engine.hazards import Settings, fit
from tenure.engine.panel import CHURN, Panel, spell_panel

Floats = NDArray[np.float64]
DRAWS, SEED, HORIZON = 200, 200, 12
SIXTY, LEVEL, EFFECT, MEASURES = 60, -5.1, 0.35, 5
MANY, SHARE, MORE = 300, 0.3, 8
FALSE = 0.05


def company(random: np.random.Generator, effect: float) -> tuple[Panel, Floats]:
    """Sixty accounts, about five of which leave within a year, and their true chances of it."""
    x = random.normal(size=(SIXTY, MEASURES))
    odds = LEVEL + x @ (random.normal(size=MEASURES) * effect)
    hazard = 1.0 / (1.0 + np.exp(-odds))
    came = random.geometric(hazard)
    names = [f"measure {k}" for k in range(MEASURES)]
    followed = np.minimum(came, HORIZON)
    panel = spell_panel(followed, came <= HORIZON, x, names, horizons=HORIZON)
    return panel, 1.0 - (1.0 - hazard) ** HORIZON


def noise(random: np.random.Generator) -> Panel:
    """Three hundred accounts of which three in ten leave, whatever they were measured to do."""
    names = [f"measure {k}" for k in range(MORE)]
    x = random.normal(size=(MANY, MORE))
    return spell_panel(np.ones(MANY), random.random(MANY) < SHARE, x, names)


def claims(panel: Panel) -> bool:
    """Whether a fit says that it found a signal for churn."""
    return bool(fit(panel, Settings(threads=1)).report.of(CHURN).signal)


def run() -> Part:
    random = np.random.default_rng(SEED)
    own, average, wide, churns = [], [], [], []
    for _ in counted(range(DRAWS), "few, intervals", DRAWS):
        panel, truth = company(random, EFFECT)
        forecast = fit(panel, Settings(threads=1)).predict(panel)
        low, high = 1.0 - forecast.high[:, -1], 1.0 - forecast.low[:, -1]
        own.append(float(((low <= truth) & (truth <= high)).mean()))
        average.append(bool(low.mean() <= truth.mean() <= high.mean()))
        wide.append(float((high - low).mean()))
        churns.append(int((panel.months[:, 0] > 0).sum()))
    sixty = [claims(company(random, 0.0)[0]) for _ in counted(range(DRAWS), "few, sixty", DRAWS)]
    many = [claims(noise(random)) for _ in counted(range(DRAWS), "few, many", DRAWS)]
    prose = (
        f"{DRAWS} companies of {SIXTY} accounts, {np.mean(churns):.1f} of which left within a year "
        f"on average ({min(churns)} to {max(churns)}), with {MEASURES} measures that say a little; "
        f"as many in which they say nothing; and as many of {MANY} accounts with {MORE} measures "
        f"that say nothing and {SHARE:.0%} lost. An interval is {np.mean(wide):.0%} wide "
        "on average."
    )
    rows = (
        ("accounts whose chance lies in its 90 % interval", f"{np.mean(own):.1%}"),
        ("companies whose average chance lies in it", _share(average)),
        (f"signals claimed in noise, {SIXTY} accounts", _share(sixty)),
        (f"signals claimed in noise, {MANY} accounts", _share(many)),
    )
    return Part(
        prose,
        (Table("Little data", ("", "share"), rows),),
        (
            at_least("FEW ACCOUNTS HELD BY INTERVALS", float(np.mean(own)), 0.85, 3),
            at_least("FEW AVERAGES HELD BY INTERVALS", float(np.mean(average)), 0.85, 3),
            _seldom(f"FEW SIGNALS IN NOISE OF {SIXTY}", sixty),
            _seldom(f"FEW SIGNALS IN NOISE OF {MANY}", many),
        ),
    )


def _share(came: list[bool]) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    low, high = _wilson(came)
    return f"{np.mean(came):.1%} ({low:.1%} … {high:.1%})"


def _wilson(came: list[bool]) -> tuple[float, float]:
    n, z = len(came), 1.96
    share = float(np.mean(came))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def _seldom(name: str, said: list[bool]) -> Figure:
    """Passed when as many could have come by luck at one in twenty, in 95 of 100 repetitions."""
    most = FALSE + 1.645 * math.sqrt(FALSE * (1 - FALSE) / len(said))
    share = float(np.mean(said))
    return Figure(name, f"{share:.3f}", f"≤ {most:.3f}", share <= most)
