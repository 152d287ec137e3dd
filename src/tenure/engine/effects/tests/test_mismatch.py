"""The sample-ratio test: its formula, silence while all is well, and what it finds."""

from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.effects import Arrival, Design, assign, log_evidence, mismatch
from tenure.engine.effects.mismatch import CONCENTRATION

BAR = log(1 / 0.005)


def ever(held, n, share=0.1):
    """In what part of rows of counts, rising along the last axis, the test spoke at any look."""
    return float((log_evidence(held, n, share) >= BAR).any(axis=-1).mean())


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.02, 0.5))
def test_the_evidence_is_the_bayes_factor_of_the_source(held, treated, share):
    k, counts, expected = CONCENTRATION, (held, treated), (share, 1 - share)
    told = lgamma(k) - lgamma(k + held + treated)
    for m, theta in zip(counts, expected, strict=True):
        told += lgamma(k * theta + m) - lgamma(k * theta) - m * log(theta)
    assert float(log_evidence(held, held + treated, share)) == pytest.approx(told, abs=1e-7)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.05, 0.5))
def test_it_is_a_martingale_under_the_expected_shares(held, treated, share):
    n = held + treated
    now = float(log_evidence(held, n, share))
    after = share * np.exp(log_evidence(held + 1, n + 1, share))
    after += (1 - share) * np.exp(log_evidence(held, n + 1, share))
    assert float(after) == pytest.approx(np.exp(now), rel=1e-9)


def test_it_stays_silent_while_accounts_fall_as_drawn():
    chance = np.random.default_rng(4)
    n = np.arange(1, 2001)
    held = (chance.random((2000, 2000)) < 0.1).cumsum(axis=1)
    assert ever(held, n) <= 0.005 + 3 * (0.005 / 2000) ** 0.5


def test_it_never_speaks_of_arms_drawn_in_blocks():
    for number in range(20):
        design = Design(b"sixteen bytes and more", f"play {number}", 1)
        done = assign(design, [Arrival(str(i), f"s{i % 9}") for i in range(600)])
        held = np.array([d.held_out for d in done]).cumsum()
        assert ever(held, np.arange(1, 601)) == 0


def test_it_finds_that_five_points_of_the_held_out_are_lost():
    chance = np.random.default_rng(5)
    n = np.arange(1, 2001)
    assert ever((chance.random((300, 2000)) < 0.05).cumsum(axis=1), n) > 0.95


def test_it_finds_that_a_twentieth_of_the_held_out_is_lost_once_there_are_many():
    chance = np.random.default_rng(6)
    n = np.arange(1, 201) * 1000
    lost = chance.binomial(1000, 0.095 / 0.995, size=(200, 200)).cumsum(axis=1)
    kept = chance.binomial(1000, 0.1, size=(200, 200)).cumsum(axis=1)
    assert ever(lost, n) > 0.95
    assert ever(kept, n) < 0.03


def test_accounts_of_two_propensities_are_held_against_their_own():
    held = np.concatenate([np.arange(200) < 20, np.arange(100) < 50])
    propensity = np.concatenate([np.full(200, 0.9), np.full(100, 0.5)])
    found = mismatch(held, propensity)
    assert (found.accounts, found.held_out) == (300, 70)
    assert found.expected == pytest.approx(70)
    assert found.p == 1
    assert mismatch(held, propensity[::-1].copy()).p < 1e-6


def test_what_was_found_once_is_not_forgotten():
    held = np.arange(100) < 10
    assert mismatch(held, np.full(100, 0.9), before=0.001).p == 0.001


def test_nobody_is_no_mismatch():
    assert mismatch(np.zeros(0, dtype=bool), np.zeros(0)).p == 1
