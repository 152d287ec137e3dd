"""Hillstrom's test of e-mails: 64,000 customers, two mails and none by lot; who visits because?"""

import numpy as np
import pandas as pd
import sources
from numpy.typing import NDArray
from results import Figure, Part, Table, at_least

from tenure.engine.hazards import encode
from tenure.engine.uplift import PlayLog, fit, play_log, qini
from tenure.engine.uplift.bases import BOOSTED, RIDGE, fit_mean

Floats = NDArray[np.float64]
FILE = "hillstrom/hillstrom_kuplift_NotDisc.csv"
NONE, SHARE, HALVINGS, SEED = "No E-Mail", 0.5, 5, 0
AFTER = ["segment", "visit", "conversion", "spend"]
COLUMNS = ("", "Tenure", "response model", "halving by halving: Tenure", "response model")


def log_of(table: pd.DataFrame, mail: str) -> PlayLog:
    """Those who got a mail and those who got none; the chance was that of the lot."""
    rows = table[table["segment"].isin([mail, NONE])]
    features, names, _ = encode(rows.drop(columns=AFTER))
    treated = (rows["segment"] == mail).to_numpy()
    return play_log(
        np.arange(len(rows)), features, names, treated, rows["visit"].to_numpy(),
        propensity=float(treated.mean()),
    )  # fmt: skip


def held_out(log: PlayLog, halving: int) -> tuple[float, float]:
    """Mean Qini of both halves by what was learnt on the other: Tenure's and a response model's.

    The response model ranks by the chance to visit of those who got the mail.
    """
    part = np.random.default_rng(SEED + halving).permutation(len(log)) % 2
    found = []
    for half in range(2):
        learn, test = log.take(part != half), log.take(part == half)
        ours = fit(learn, SHARE).estimate(test.features, test.stake, test.cost).effect
        got = learn.take(learn.treated)
        models = [fit_mean(base, got.features, got.outcome, SEED) for base in (RIDGE, BOOSTED)]
        response: Floats = np.mean([model(test.features) for model in models], axis=0)
        found.append([qini(test.outcome, test.treated, rank) for rank in (ours, response)])
    ours, theirs = np.mean(found, axis=0)
    return float(ours), float(theirs)


def run() -> Part:
    table = sources.table(FILE)
    rows, means = [], {}
    for name, mail in (("Women's", "Womens E-Mail"), ("Men's", "Mens E-Mail")):
        log = log_of(table, mail)
        each = [held_out(log, halving) for halving in range(HALVINGS)]
        ours, response = np.mean(each, axis=0)
        means[name] = (float(ours), float(response))
        shown = [", ".join(f"{pair[at]:.4f}" for pair in each) for at in (0, 1)]
        rows.append((name, f"{ours:.4f}", f"{response:.4f}", *shown))
    prose = (
        f"{len(table):,} customers; visits within two weeks of each mail beside no mail. Each half "
        f"is ranked by what was learnt on the other, in {HALVINGS} halvings by lot. The Qini "
        "coefficient is the area above random over that of the best order there could be."
    )
    women, men = means["Women's"], means["Men's"]
    figures: tuple[Figure, ...] = (
        at_least("HILLSTROM WOMEN'S QINI", women[0], 0.055),
        at_least("HILLSTROM MEN'S QINI LESS THE RESPONSE MODEL'S", men[0] - men[1], 0.0),
    )
    return Part(prose, (Table("Hillstrom, Qini of visits", COLUMNS, tuple(rows)),), figures)
