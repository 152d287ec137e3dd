"""Random plain tables for tests: rows as tuples of plain Python values, and as the engine's own."""

from datetime import date, timedelta
from math import nan

import numpy as np
from hypothesis import strategies as st

from tenure.engine.panel import Arrivals, Grid, Observations, Spells, Terms

FIRST = date(2024, 1, 31)
CAUSES = ("churn", "expansion", "client")
NAMES = ("seats", "use")

days = st.integers(-200, 500).map(lambda n: FIRST + timedelta(n))
lags = st.sampled_from([0, 0, 0, 1, 20, 45, 200])
accounts = st.integers(1, 3)


@st.composite
def spells(draw):
    rows = []
    for account in (1, 2, 3):
        at = draw(st.integers(-300, 200))
        for _ in range(draw(st.integers(0, 2))):
            began = FIRST + timedelta(at)
            lasts = draw(st.one_of(st.none(), st.integers(0, 400)))
            ended = None if lasts is None else began + timedelta(lasts)
            lag = draw(lags)
            cause = draw(st.sampled_from(["churn", "churn", "merged"]))
            recorded = None if ended is None else ended + timedelta(lag)
            rows.append((account, began, ended, recorded, cause))
            if lasts is None:
                break
            at += lasts + lag + draw(st.integers(0, 100))
    return rows


@st.composite
def arrivals(draw):
    came = st.tuples(accounts, st.sampled_from(["expansion", "client", "other"]), days, lags)
    return [(a, c, d, d + timedelta(n)) for a, c, d, n in draw(st.lists(came, max_size=12))]


@st.composite
def observations(draw, most=30):
    values = st.one_of(st.integers(-9, 9).map(float), st.just(nan), st.just(1e12))
    coarse = st.integers(-20, 50).map(lambda n: FIRST + timedelta(10 * n))  # so that some agree
    one = st.tuples(accounts, st.sampled_from(NAMES), coarse, st.integers(-30, 60) | lags, values)
    return [(a, n, d, d + timedelta(g), v) for a, n, d, g, v in draw(st.lists(one, max_size=most))]


@st.composite
def terms(draw):
    found = {}
    for _ in range(draw(st.integers(0, 6))):
        account, known = draw(accounts), draw(days)
        found[account, known] = (
            account,
            known,
            draw(st.none() | days),
            draw(st.sampled_from([1.0, 3.0, 12.0, nan])),
            draw(st.sampled_from([0.0, 1.0, nan])),
            draw(st.none() | days),
        )
    return list(found.values())


@st.composite
def grids(draw):
    last = FIRST + timedelta(draw(st.integers(0, 300)))
    return Grid(
        first=FIRST,
        last=last,
        as_of=last + timedelta(draw(st.integers(0, 200))),
        horizons=draw(st.sampled_from([1, 15])),
        gap=draw(st.sampled_from([0, 0, 14, 40])),
        delay=draw(st.sampled_from([0, 20])),
    )


def columns(rows, width):
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * width


def dates(values):
    return [str(v) if v is not None else "NaT" for v in values]


def as_spells(rows):
    account, began, ended, recorded, cause = columns(rows, 5)
    return Spells(account, *(_dated(c) for c in (began, ended, recorded)), cause=cause)


def as_arrivals(rows):
    account, cause, occurred, recorded = columns(rows, 4)
    return Arrivals(account, cause, _dated(occurred), _dated(recorded))


def as_observations(rows):
    account, name, occurred, recorded, value = columns(rows, 5)
    codes = [NAMES.index(n) for n in name]
    return Observations(
        account, np.array(codes, dtype=int), _dated(occurred), _dated(recorded), value, NAMES
    )


def as_terms(rows):
    account, known, renews, months, automatic, notice = columns(rows, 6)
    return Terms(account, _dated(known), _dated(renews), months, automatic, _dated(notice))


def _dated(values):
    return np.array(dates(values), dtype="datetime64[D]")
