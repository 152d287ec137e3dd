"""Many simulated plays watched for a year: false alarms, and known effects inside the interval."""

import numpy as np
import pytest

from tenure.engine.effects.tests.worlds import watched

DAYS = range(1, 366)  # an account a day, a look every day
LOOKS = range(20, 731, 20)
SHARE = 0.2


def test_looking_daily_for_a_year_raises_no_more_than_one_false_alarm_in_twenty():
    chance = np.random.default_rng(21)
    plays = 250
    held = chance.random((plays, 365)) < SHARE
    value = chance.normal(size=(plays, 365))
    missed, naive, seen = watched(value, held, np.empty((plays, 365, 0)), 0.0, DAYS, SHARE)
    assert seen == plays
    assert missed.mean() <= 0.05
    # the same looks with a plain 95 % interval: what the sequence is there for
    assert naive.mean() > 0.2


@pytest.mark.parametrize("kept", [0.9, 0.97])
def test_accounts_that_seldom_leave_raise_no_more(kept):
    """A small arm in which nobody left yet would look certain."""
    chance = np.random.default_rng(22)
    held = chance.random((250, 730)) < 0.1
    value = (chance.random((250, 730)) < kept).astype(float)
    missed, _naive, seen = watched(value, held, np.empty((400, 730, 0)), 0.0, LOOKS, 0.1)
    assert seen > 240
    assert missed.mean() <= 0.05


def test_money_with_a_long_tail_raises_no_more():
    chance = np.random.default_rng(23)
    held = chance.random((250, 730)) < 0.1
    value = np.exp(1.5 * chance.normal(size=(250, 730))) * (chance.random((250, 730)) < 0.2)
    missed, _naive, _seen = watched(value, held, np.empty((400, 730, 0)), 0.0, LOOKS, 0.1)
    assert missed.mean() <= 0.05


@pytest.mark.parametrize("spread", [(1.0, 1.0), (0.3, 2.0), (2.0, 0.3)])
def test_a_known_effect_is_covered_at_all_times_after_adjustment(spread):
    """Slopes and spreads differ between the arms, and the effect between accounts."""
    chance = np.random.default_rng(24)
    held = chance.random((200, 730)) < SHARE
    x = chance.normal(size=(200, 730, 1))
    value = x[..., 0] * np.where(held, 1.0, 2.0) + 0.5 * ~held
    value += chance.normal(size=held.shape) * np.where(held, *spread)
    missed, _naive, _seen = watched(value, held, x, 0.5, LOOKS, SHARE)
    assert missed.mean() <= 0.1


def test_a_known_effect_on_retention_is_covered_at_all_times_after_adjustment():
    chance = np.random.default_rng(25)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    base, helped = (1 / (1 + np.exp(-(c + nodes))) @ weights / weights.sum() for c in (2.0, 3.0))
    held = chance.random((200, 730)) < SHARE
    x = chance.normal(size=(200, 730, 1))
    value = (chance.random(held.shape) < 1 / (1 + np.exp(-(2 + x[..., 0] + ~held)))).astype(float)
    missed, _naive, _seen = watched(value, held, x, helped - base, LOOKS, SHARE)
    assert missed.mean() <= 0.1
