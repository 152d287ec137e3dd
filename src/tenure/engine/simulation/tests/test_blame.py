"""Who is told why an account was nearer to leaving than others can check every word of it."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from tenure.engine.simulation.blame import MATERIAL, NONE, Lives, contributions, planted
from tenure.engine.simulation.history import run
from tenure.engine.simulation.mind import FELT
from tenure.engine.simulation.settings import WEEKS_PER_MONTH
from tenure.engine.simulation.tests.conftest import LARGE
from tenure.engine.simulation.world import World


@pytest.fixture(scope="module")
def young() -> World:
    """Ten months, so that few weeks have to be lived again."""
    return run(replace(LARGE, accounts=160, months=10))


@pytest.fixture(scope="module")
def parts(young):
    return contributions(young)


def with_history(world: World, **histories) -> World:
    """The same world with other histories written down."""
    other = copy(world)
    other.record = replace(world.record, **histories)
    return other


def test_lived_again_as_they_were_accounts_come_to_the_same_regret(world):
    ever = world.record.at_risk.any(axis=0)
    again = Lives(world).regret(FELT)
    assert np.allclose(again, world.record.regret[:, ever], atol=1e-12)


def test_lived_again_as_they_were_accounts_have_the_same_odds_of_leaving(world):
    at_risk = world.record.at_risk
    again = Lives(world).log_odds(FELT)
    whole = np.nonzero(at_risk)[0] < world.grid.weeks - 1  # the last week is cut short
    rate = world.record.intensity[at_risk] * WEEKS_PER_MONTH
    assert np.allclose(again[whole], np.log(np.expm1(rate[whole])))


def test_contributions_add_up_to_the_distance_from_the_average_account(young, parts):
    lives, at_risk = Lives(young), young.record.at_risk
    distance = lives.log_odds(FELT) - lives.log_odds(())
    assert np.abs(distance).max() > MATERIAL
    assert np.allclose(parts[:, at_risk].sum(axis=0), distance)
    assert np.isnan(parts[:, ~at_risk]).all()


def test_what_every_account_lacks_alike_is_the_driver_of_none(young, parts):
    """Against a perfect account it would weigh most on nearly all of them."""
    place = FELT.index("onboarding")
    assert (planted(parts) == "onboarding").any()
    alike = with_history(young, onboarding=np.full_like(young.record.onboarding, 0.3))
    found = contributions(alike)
    assert np.abs(found[place][young.record.at_risk]).max() < 1e-12
    assert not (planted(found) == "onboarding").any()


def test_what_only_some_accounts_lack_is_the_driver_of_these_alone(young):
    """In a company alike in all but use, of which every third account has next to none."""
    record = young.record
    idle = np.arange(len(young)) % 3 == 0
    alike = {
        "share": np.where(idle, 0.1, np.full_like(record.share, 0.8)),
        "breadth": np.full_like(record.breadth, 5.0),
        "onboarding": np.ones_like(record.onboarding),
        "trust": np.full_like(record.trust, 0.6),
        "budget": np.zeros_like(record.budget),
        "alone": np.zeros_like(record.alone),
        "dearer": np.zeros_like(record.dearer),
    }
    found = contributions(with_history(young, **alike))
    for name in ("onboarding", "no_champion", "trust", "price", "budget"):
        assert np.abs(found[FELT.index(name)][record.at_risk]).max() < 1e-12
    told = planted(found) == "low_use"
    assert told[:, idle].sum() > 0.2 * record.at_risk[:, idle].sum()
    assert not told[:, ~idle].any()


def test_a_driver_has_to_raise_the_odds_by_a_quarter():
    parts = np.full((len(FELT), 1, 4), -1.0)
    parts[2, 0, :] = [MATERIAL + 1e-9, MATERIAL - 1e-9, 0.5, np.nan]
    parts[5, 0, :] = [0.0, 0.0, 0.6, np.nan]
    parts[:, 0, 3] = np.nan
    assert planted(parts).tolist() == [[FELT[2], NONE, FELT[5], NONE]]


def test_onboarding_is_the_driver_of_accounts_that_stall(young, parts):
    stalled = young.population.slow_start < 1
    asked = young.record.at_risk
    told = planted(parts) == "onboarding"
    share = [told[:, who][asked[:, who]].mean() for who in (stalled, ~stalled)]
    assert share[0] > 3 * share[1]
