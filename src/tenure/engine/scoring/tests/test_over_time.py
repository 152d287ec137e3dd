"""Brier score and AUC over time against the papers' sums, written out as loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import scoring
from tenure.engine.scoring.tests.test_concordance import watched_by_hand

spells = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 10)), min_size=3, max_size=25
)
TIMES = [2, 4, 5]


def brier_by_hand(time, came, survival, at):
    total = 0.0
    for t, e, s in zip(time, came, survival, strict=True):
        if t <= at and e:
            total += s**2 / watched_by_hand(time, came, t)
        elif t > at:
            total += (1 - s) ** 2 / watched_by_hand(time, came, at)
    return total / len(time)


def auc_by_hand(time, came, risk, at):
    right = pairs = 0.0
    for t, e, r in zip(time, came, risk, strict=True):
        if not (t <= at and e):
            continue
        weight = 1 / watched_by_hand(time, came, t)
        for u, q in zip(time, risk, strict=True):
            if u > at:
                pairs += weight
                right += weight * ((r > q) + 0.5 * (r == q))
    return right / pairs if pairs else float("nan")


@settings(deadline=None)
@given(spells)
def test_both_are_the_sums_of_the_papers(found):
    time, came, tenths = (np.array(column) for column in zip(*found, strict=True))
    time = np.append(time, 9)  # somebody is watched past all times
    came = np.append(came, False)
    survival = np.append(tenths, 5)[:, None] / 10 * np.array([1.0, 0.9, 0.5])
    brier = [brier_by_hand(time, came, survival[:, k], at) for k, at in enumerate(TIMES)]
    assert scoring.brier_at(time, came, survival, TIMES) == pytest.approx(brier)
    aucs = [auc_by_hand(time, came, 1 - survival[:, k], at) for k, at in enumerate(TIMES)]
    assert scoring.auc_at(time, came, 1 - survival, TIMES) == pytest.approx(aucs, nan_ok=True)


def test_a_hand_worked_case():
    # One of four leaves at 1, one goes out of sight at 2, one leaves at 3; G is 2/3 from 2 on.
    time, came = [1, 2, 3, 4], [True, False, True, False]
    survival = np.array([[0.5, 0.2], [0.9, 0.7], [0.8, 0.4], [0.9, 0.8]])
    first = (0.5**2 + (0.1**2 + 0.2**2 + 0.1**2)) / 4
    second = (0.2**2 + 0.4**2 * 1.5 + 0.2**2 * 1.5) / 4
    scores = scoring.brier_at(time, came, survival, [1, 3])
    assert scores == pytest.approx([first, second])
    assert scoring.integrated([1, 3], scores) == pytest.approx((first + second) / 2)
    # At 3, both who left have a higher risk than the one who stayed; at 1, the last ties nobody.
    aucs = scoring.auc_at(time, came, 1 - survival, [1, 3])
    assert aucs == pytest.approx([1.0, 1.0])
    assert scoring.auc_at(time, came, [2, 9, 1, 1], [3]) == pytest.approx([(1 + 1.5 * 0.5) / 2.5])


def test_without_censoring_both_are_the_plain_scores():
    random = np.random.default_rng(6)
    time, survival = random.integers(1, 20, 400), random.random(400)
    left = (time <= 7).astype(float)
    all_left = np.ones(400, dtype=bool)
    brier = scoring.brier(left, 1 - survival)
    assert scoring.brier_at(time, all_left, survival, [7])[0] == pytest.approx(brier)
    assert scoring.auc_at(time, all_left, -survival, [7])[0] == pytest.approx(
        scoring.auc(left, -survival)
    )


def test_censoring_at_random_leaves_the_scores_about_where_they_were():
    random = np.random.default_rng(8)
    scale = random.uniform(4, 40, 20_000)
    leaves, unseen = random.exponential(scale), random.exponential(30, 20_000)
    times = [5.0, 10.0, 15.0]
    survival = np.exp(-np.array(times) / scale[:, None])
    seen = np.minimum(leaves, unseen), leaves <= unseen
    everything = leaves, np.ones(20_000, dtype=bool)
    for score in (scoring.brier_at, scoring.auc_at):
        forecast = survival if score is scoring.brier_at else 1 - survival
        assert score(*seen, forecast, times) == pytest.approx(
            score(*everything, forecast, times), abs=0.01
        )


def test_the_mean_auc_weighs_times_by_those_who_left():
    # Half leave up to 1 and a quarter of all from there to 2.
    time, came = [1, 1, 2, 3], [True, True, True, False]
    assert scoring.mean_auc(time, came, [1, 2], [0.9, 0.6]) == pytest.approx((2 * 0.9 + 0.6) / 3)
    assert np.isnan(scoring.mean_auc([5, 6], [True, True], [1, 2], [0.9, 0.6]))


def test_the_integral_of_an_uneven_grid():
    assert scoring.integrated([0, 1, 3], [0.0, 1.0, 1.0]) == pytest.approx((0.5 + 2.0) / 3)
    assert scoring.integrated([4], [0.3]) == pytest.approx(0.3)


def test_times_nobody_was_watched_to_are_refused():
    watched = scoring.censoring([1, 2], [True, False])
    with pytest.raises(ValueError, match="Nobody"):
        scoring.brier_at([1, 5], [True, False], [0.5, 0.5], [3], watched)
    with pytest.raises(ValueError, match="end the scores earlier"):
        scoring.auc_at([1, 4], [True, True], [0.5, 0.5], [4], watched)


def test_times_must_rise_and_forecasts_must_fit_them():
    with pytest.raises(ValueError, match="rises"):
        scoring.brier_at([1, 2], [True, False], [0.5, 0.5], [2, 1])
    with pytest.raises(ValueError, match="shape"):
        scoring.auc_at([1, 2], [True, False], [[0.5], [0.5]], [1, 2])
