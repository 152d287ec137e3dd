"""Partial pooling, beliefs without experiments, and what an experiment would teach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.uplift import (
    Experiment,
    Hint,
    Prior,
    assumed_effects,
    by_segment,
    most_teaching,
    pool,
    shrunken,
    worth,
)
from tenure.engine.uplift.experiments import expected_gain

KEYS = np.array([1, 2])


def test_two_segments_are_pooled_as_by_hand():
    # 8/(1 + ω²) = 1, so ω² = 7 and each keeps 7/8 of its own; the average's variance is 8/2.
    found = pool(np.array([0.0, 4.0]), np.array([1.0, 1.0]), KEYS)
    assert found.between == pytest.approx(np.sqrt(7))
    assert found.mean == pytest.approx([0.25, 3.75])
    assert found.sd == pytest.approx(np.sqrt([7 / 8 + 4 / 64] * 2))
    assert found.overall == pytest.approx(2.0)


def test_segments_that_differ_by_luck_alone_all_get_the_average():
    found = pool(np.array([1.9, 2.1]), np.array([1.0, 1.0]), KEYS)
    assert found.between == 0
    assert found.mean == pytest.approx([2.0, 2.0])


def test_a_segment_not_seen_before_gets_the_average_with_more_doubt():
    found = pool(np.array([0.0, 4.0]), np.array([1.0, 1.0]), KEYS)
    mean, sd = found.of(np.array([2, 9]))
    assert mean == pytest.approx([3.75, 2.0])
    assert sd[1] == pytest.approx(np.sqrt(4 + 7))
    assert sd[0] < sd[1]


def test_a_prior_counts_for_as_much_as_it_is_sure():
    found = pool(np.array([1.0]), np.array([1.0]), np.array([0]), prior=(0.0, 1.0))
    assert found.overall == pytest.approx(0.5)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.integers(0, 1000))
def test_pooled_effects_lie_between_the_segments_own_and_the_average(own, seed):
    sd = np.random.default_rng(seed).uniform(0.2, 2.0, len(own))
    mean = np.array(own)
    found = pool(mean, sd, np.arange(mean.size))
    low = np.minimum(mean, found.overall) - 1e-9
    assert ((low <= found.mean) & (found.mean <= np.maximum(mean, found.overall) + 1e-9)).all()


def test_segments_of_few_accounts_lean_on_the_others_more():
    random = np.random.default_rng(3)
    segment = np.repeat([0, 1, 2], [500, 500, 5])
    scores = random.normal(np.array([-1.0, 1.0, 1.0])[segment], 1.0)
    found = by_segment(scores, segment)
    pulled = np.abs(found.mean - [scores[segment == g].mean() for g in range(3)])
    assert pulled[2] > 5 * pulled[1]


def test_hints_that_were_not_randomised_count_for_less_the_more_they_are_doubted():
    prior = Prior(0.02, 0.02, "judgement of the team")
    hint = Hint(0.10, 0.02, "accounts treated before")
    assert shrunken(prior, [hint], 0.0).mean == pytest.approx(0.06)
    doubted = shrunken(prior, [hint], 0.1)
    assert prior.mean < doubted.mean < 0.03
    assert doubted.source == "judgement of the team; accounts treated before"


def test_an_assumed_effect_says_so_and_where_it_comes_from():
    prior = Prior(0.2, 0.1, "a study")
    found = assumed_effects(
        prior, np.array([1000.0, 100.0]), np.full(2, 30.0), np.array([0.5, 0.5])
    )
    assert found.assumed
    assert found.sources == ("a study",)
    assert found.net == pytest.approx([70.0, -20.0])
    assert found.low == pytest.approx([20.0, -25.0])
    assert found.rank[1] == -np.inf


def test_a_prior_without_a_source_is_refused():
    with pytest.raises(ValueError, match="where it comes from"):
        Prior(0.1, 0.1, " ")


def test_learning_is_worth_most_where_the_decision_hangs_in_the_balance():
    assert expected_gain(0.0, 1.0) == pytest.approx(1 / np.sqrt(2 * np.pi))
    assert (
        expected_gain(1.0, 1.0)
        == pytest.approx(expected_gain(-1.0, 1.0))
        == pytest.approx(0.0833154706, abs=1e-9)
    )
    assert expected_gain(5.0, 0.0) == 0


def test_an_experiments_worth_is_that_of_simulated_ones():
    e = Experiment("call", 0.05, 0.08, 0.4, 100, 50, 1000, 2000.0, 60.0)
    random = np.random.default_rng(0)
    true = random.normal(e.mean, e.sd, 400_000)
    sampling = e.noise**2 * (1 / e.treated + 1 / e.held_out)
    seen = random.normal(true, np.sqrt(sampling))
    after = (e.mean / e.sd**2 + seen / sampling) / (e.sd**-2 + 1 / sampling)
    gained = np.where(after * e.stake > e.cost, true * e.stake - e.cost, 0.0).mean()
    simulated = e.later * (gained - max(e.mean * e.stake - e.cost, 0.0))
    found = worth(e)
    assert found.information == pytest.approx(simulated, rel=0.03)
    assert found.price == pytest.approx(50 * 40.0)
    assert found.per_account == pytest.approx(found.net / 150)


def test_the_play_of_which_least_is_known_is_tried_before_one_that_is_settled():
    def of(name, sd):
        return Experiment(name, 0.04, sd, 0.4, 100, 100, 2000, 2000.0, 60.0)

    ranked = most_teaching([of("settled", 0.0001), of("open", 0.1)])
    assert [found.experiment.name for found in ranked] == ["open", "settled"]
    assert ranked[1].information == pytest.approx(0.0, abs=1.0)
