"""Scores of probabilities against scikit-learn, hand-worked cases and plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from tenure.engine import scoring

rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 9), st.integers(1, 4)), min_size=2, max_size=30
).filter(lambda found: len({y for y, _, _ in found}) == 2)


@settings(deadline=None)
@given(rows)
def test_scores_agree_with_scikit_learn_with_ties_and_weights(found):
    y, tenths, w = (np.array(column) for column in zip(*found, strict=True))
    p = tenths / 10
    assert scoring.log_loss(y, p, w) == pytest.approx(metrics.log_loss(y, p, sample_weight=w))
    assert scoring.auc(y, p, w) == pytest.approx(metrics.roc_auc_score(y, p, sample_weight=w))
    brier = metrics.brier_score_loss(y, p, sample_weight=w)
    assert scoring.brier(y, p, w) == pytest.approx(brier)


@settings(deadline=None)
@given(rows)
def test_a_whole_weight_counts_as_so_many_rows(found):
    y, tenths, w = (np.array(column) for column in zip(*found, strict=True))
    p = tenths / 10
    for score in (scoring.log_loss, scoring.brier, scoring.auc, scoring.log_loss_skill):
        assert score(y, p, w) == pytest.approx(score(np.repeat(y, w), np.repeat(p, w)))


def test_equal_scores_count_half():
    # Of the four pairs one is right, one wrong and two are equal.
    assert scoring.auc([1, 1, 0, 0], [0.5, 0.2, 0.5, 0.2]) == 0.5
    assert scoring.auc([1, 1, 0], [0.9, 0.2, 0.2]) == 0.75


def test_one_outcome_only_has_no_auc_and_no_skill():
    assert np.isnan(scoring.auc([1, 1], [0.2, 0.3]))
    assert np.isnan(scoring.log_loss_skill([0, 0], [0.2, 0.3]))


def test_the_base_rate_has_no_skill_and_certainty_has_all():
    y = np.array([1, 0, 0, 0])
    assert scoring.base_log_loss(y) == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))
    assert scoring.log_loss_skill(y, np.full(4, 0.25)) == pytest.approx(0.0)
    assert scoring.log_loss_skill(y, y) == pytest.approx(1.0)


def test_a_certain_forecast_that_is_wrong_costs_much_but_not_everything():
    assert scoring.log_loss([1], [0.0]) == pytest.approx(-np.log(1e-15))


@pytest.mark.parametrize(
    ("outcome", "chance", "weight"),
    [
        ([], [], None),
        ([1, 0], [0.5], None),
        ([1, 0], [0.5, np.nan], None),
        ([np.nan, 0], [0.5, 0.5], None),
        ([1, 0], [0.5, 0.5], [1.0]),
        ([1, 0], [0.5, 0.5], [0.0, 0.0]),
        ([1, 0], [0.5, 0.5], [2.0, -1.0]),
    ],
)
def test_rows_that_cannot_be_scored_are_refused(outcome, chance, weight):
    with pytest.raises(ValueError, match=r"length|nan|Weights"):
        scoring.log_loss(outcome, chance, weight)
