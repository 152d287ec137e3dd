"""The bootstrap against known errors of means, with rows alone and in groups."""

import numpy as np
import pytest

from tenure.engine import scoring

NORMAL = 1.96


def test_the_interval_of_a_mean_is_about_that_of_its_formula():
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    found = scoring.bootstrap(lambda rows: float(values[rows].mean()), np.arange(400), draws=2000)
    assert found.value == pytest.approx(values.mean())
    half = NORMAL * values.std() / 20
    assert found.low == pytest.approx(values.mean() - half, abs=0.03)
    assert found.high == pytest.approx(values.mean() + half, abs=0.03)


def test_rows_of_one_account_are_drawn_together():
    # 40 accounts of 25 rows that all say the same: only 40 things are known, not 1,000.
    account = np.repeat(np.arange(40), 25)
    values = np.random.default_rng(2).normal(size=40)[account]
    order = np.random.default_rng(3).permutation(1000)
    account, values = account[order], values[order]

    def mean(rows):
        return float(values[rows].mean())

    together = scoring.bootstrap(mean, account, draws=1000)
    alone = scoring.bootstrap(mean, np.arange(1000), draws=1000)
    assert (together.high - together.low) / (alone.high - alone.low) == pytest.approx(5, rel=0.25)


def test_every_resample_holds_whole_groups():
    account = np.array([3, 1, 3, 2, 1, 3])
    seen = []

    def check(rows):
        counts = np.bincount(account[rows], minlength=4)
        times = np.bincount(rows, minlength=6)
        assert (counts == np.bincount(account) * times[[0, 1, 3, 0]][[1, 1, 2, 0]]).all()
        seen.append(tuple(times))
        return 0.0

    scoring.bootstrap(check, account, draws=50)
    assert len(set(seen)) > 5


def test_the_same_seed_gives_the_same_interval():
    y, p = np.array([1, 0, 1, 0, 0, 1]), np.array([0.9, 0.2, 0.6, 0.4, 0.1, 0.3])
    first = scoring.paired_difference(scoring.auc, y, p, 1 - p, draws=100)
    assert first == scoring.paired_difference(scoring.auc, y, p, 1 - p, draws=100)
    assert first != scoring.paired_difference(scoring.auc, y, p, 1 - p, draws=100, seed=1)
    assert first.value == pytest.approx(scoring.auc(y, p) - scoring.auc(y, 1 - p))


def test_a_paired_interval_is_narrower_than_those_of_its_sides():
    random = np.random.default_rng(4)
    truth = random.beta(1, 3, 800)
    y = (random.random(800) < truth).astype(float)
    second = np.clip(truth + random.normal(0, 0.02, 800), 0.01, 0.99)
    paired = scoring.paired_difference(scoring.log_loss, y, truth, second)
    alone = scoring.bootstrap(lambda rows: scoring.log_loss(y[rows], truth[rows]), np.arange(800))
    assert paired.low < paired.value < paired.high
    assert paired.high - paired.low < (alone.high - alone.low) / 4


def test_forecasts_with_several_columns_and_groups_are_paired_by_row():
    outcome = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    def metric(y, forecast):
        return float(np.square(y - forecast).sum())

    found = scoring.paired_difference(metric, outcome, outcome, outcome + 1, [1, 1, 2], draws=200)
    # A resample holds 2, 3 or 4 rows, each of which costs the second forecast 2.
    assert (found.value, found.low, found.high) == (-6.0, -8.0, -4.0)


def test_resamples_without_the_statistic_are_left_out():
    y, p = np.array([1.0, 0.0]), np.array([0.9, 0.1])
    found = scoring.bootstrap(lambda rows: scoring.auc(y[rows], p[rows]), np.arange(2), draws=50)
    assert (found.low, found.high) == (1.0, 1.0)
    never = scoring.bootstrap(lambda _: float("nan"), np.arange(2), draws=5)
    assert np.isnan([never.value, never.low, never.high]).all()


def test_rows_must_fit():
    with pytest.raises(ValueError, match="same rows"):
        scoring.paired_difference(scoring.auc, [1, 0], [0.5, 0.5], [0.5])
    with pytest.raises(ValueError, match="group"):
        scoring.bootstrap(lambda _: 0.0, [])
