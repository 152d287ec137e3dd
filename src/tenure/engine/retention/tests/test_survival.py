"""Curves of how long payment lasts, and intervals, against published numbers and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tenure.engine.money.tests.books import at
from tenure.engine.retention import (
    Durations,
    durations,
    kept_by_month,
    ratio_interval,
    share_interval,
    stamp,
    trend,
)
from tenure.engine.retention.tests.company import books_of


def of(pairs):
    months, lost = zip(*pairs, strict=True)
    return Durations(np.array(months), np.array(lost))


def test_remission_of_leukaemia_as_published():
    # Gehan, Biometrika 52 (1965), the 6-MP arm of Freireich et al.; the curve as in Kalbfleisch &
    # Prentice (1980) and Cox & Oakes (1984), table 1.1: S = .857 .807 .753 .690 .627 .538 .448.
    lost = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    watched = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kept_by_month(of([(t, True) for t in lost] + [(t, False) for t in watched]), 40)
    told = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {k: round(float(curve.share[k]), 3) for k in told} == told
    assert (curve.n, curve.losses, curve.median) == (21, 9, 23)
    assert [int(curve.at_risk[k]) for k in (0, 6, 7, 10, 13, 22, 35, 36)] == [
        21, 21, 17, 15, 12, 7, 1, 0,
    ]  # fmt: skip
    assert np.isnan(curve.share[36])


def test_log_log_intervals_by_hand():
    # Ten spans, one lost at 3 and one at 5: S(5) = 0.8; Greenwood 1/90 + 1/72 = 0.025.
    curve = kept_by_month(of([(3, True), (5, True), *[(9, False)] * 8]), 9)
    se = np.sqrt(0.025) / abs(np.log(0.8))
    z = stats.norm.ppf(0.95)
    assert curve.low[5] == pytest.approx(0.8 ** np.exp(z * se))
    assert curve.high[5] == pytest.approx(0.8 ** np.exp(-z * se))
    assert curve.low[1] == pytest.approx(0.05 ** (1 / 10))
    assert (curve.low[0], curve.high[0], curve.high[1]) == (1.0, 1.0, 1.0)


def test_a_median_that_is_not_reached_is_none():
    assert kept_by_month(of([(4, True), (9, False), (9, False)]), 12).median is None
    assert kept_by_month(of([(4, True), (9, False)]), 12).median == 4


def test_a_curve_of_nobody_is_unknown():
    curve = kept_by_month(Durations(np.array([], dtype=int), np.array([], dtype=bool)), 3)
    assert np.isnan(curve.share).all()
    assert (curve.n, curve.median) == (0, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_without_censoring_the_curve_is_the_share_still_there(months):
    curve = kept_by_month(of([(m, True) for m in months]), 32)
    there = [sum(m > k for m in months) / len(months) for k in range(33)]
    assert curve.share.tolist() == pytest.approx(there)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_curves_fall_within_their_intervals(pairs):
    curve = kept_by_month(of(pairs), 32)
    known = ~np.isnan(curve.share)
    assert (np.diff(curve.share[known]) <= 1e-12).all()
    assert (curve.low[known] <= curve.share[known] + 1e-12).all()
    assert (curve.share[known] <= curve.high[known] + 1e-12).all()


def test_a_yearly_term_not_renewed_is_lost_at_twelve_months_in_any_year():
    lines = ("1a A - 10 2023-01-01 2024-01-01", "2a A - 10 2023-03-01 2024-03-01")
    spells = books_of(*lines, "3a A - 10 2024-01-31", as_of="2025-01-30").spells
    found = durations(spells, stamp(at("2025-01-30")))
    assert found.months.tolist() == [12, 12, 11]
    assert found.lost.tolist() == [True, True, False]


def test_a_loss_within_a_month_leaves_the_months_before_whole():
    spells = books_of("1a A - 10 2024-01-01 2024-03-15", as_of="2025-01-01").spells
    curve = kept_by_month(durations(spells, stamp(at("2025-01-01"))), 4)
    assert curve.share.tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]


def test_wilson_as_published():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81/263 and 0/20 at 95 %.
    found = share_interval(81, 263, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    none = share_interval(0, 20, 0.95)
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)
    assert share_interval(0, 0) is None


def test_the_interval_of_a_ratio_by_hand():
    part, whole = np.array([1.0, 3.0, 2.0]), np.array([2.0, 3.0, 5.0])
    rest = part - 0.6 * whole
    half = stats.t.ppf(0.95, 2) * np.sqrt(1.5 * (rest**2).sum()) / 10
    found = ratio_interval(part, whole)
    assert (found.low, found.high) == pytest.approx((0.6 - half, 0.6 + half))
    assert ratio_interval(part[:1], whole[:1]) is None


def test_a_trend_as_least_squares_gives_it():
    values = np.array([1.0, 1.4, 1.1, np.nan, 2.0, 2.2])
    known = np.isfinite(values)
    told = stats.linregress(np.flatnonzero(known), values[known])
    half = stats.t.ppf(0.95, 3) * told.stderr
    found = trend(values)
    assert (found.slope, found.high - found.slope) == pytest.approx((told.slope, half))
    assert found.clear
    assert trend(values[:4]) is None
