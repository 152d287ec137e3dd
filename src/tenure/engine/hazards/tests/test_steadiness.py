"""Reasons over resampled accounts, and intervals of causes that do not end the account's time."""

from dataclasses import replace

import numpy as np
import pytest

from tenure.engine.hazards import Settings, fit, load
from tenure.engine.hazards.arrivals import incidence_limits, incidence_of
from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.drivers import contributions
from tenure.engine.hazards.model import survival_of
from tenure.engine.hazards.ridge import Ridge
from tenure.engine.hazards.storing import pack
from tenure.engine.hazards.tests.companies import months, spells

GROUPS = ([0], [1], [2])


@pytest.fixture(scope="module")
def company():
    return months(500, seed=11)


@pytest.fixture(scope="module")
def linear(company):
    return fit(company, Settings(boosted=False, resamples=12))


def by_hand(fitted, panel, top, horizon=6):
    """The share, with each resample's own model asked for its reasons."""
    model = fitted.models[0]
    shown = fitted.drivers(panel, horizon=horizon).values
    kept = np.zeros(shown.shape)
    for member in range(model.resamples.count):
        ridge = boosted = None
        if model.ridge is not None:
            ridge = Ridge(model.ridge.design, model.resamples.betas[member])
        if model.boosted is not None:
            boosted = model.resamples.forests[member]
        told, _ = contributions(replace(model, ridge=ridge, boosted=boosted), panel, horizon)
        least = np.sort(np.abs(told), axis=1)[:, -top][:, None]
        kept += (np.sign(told) == np.sign(shown)) & (np.abs(told) >= least)
    return shown, kept / model.resamples.count


def test_what_drives_the_accounts_is_steady_and_noise_is_not(company, linear):
    rows = company.take(np.arange(200))
    shown = linear.drivers(rows, horizon=6).values
    found = linear.steadiness(rows, GROUPS, shown, 2, horizon=6)
    strong = np.abs(rows.features[:, 0]) > 1.0
    assert found[strong, 0].mean() > 0.95
    assert found[:, 1].mean() < 0.5
    assert ((found >= 0.0) & (found <= 1.0)).all()


@pytest.mark.parametrize("top", [1, 2, 3])
def test_steadiness_is_what_asking_every_resample_gives(company, linear, top):
    rows = company.take(np.arange(150))
    shown, kept = by_hand(linear, rows, top)
    found = linear.steadiness(rows, GROUPS, shown, top, horizon=6)
    # The months weigh as on the model's own path: a contribution near 0 or a near tie may differ.
    assert (np.abs(found - kept) <= 1.5 / 12).mean() > 0.98


def test_trees_are_refitted_and_asked_too():
    panel, _ = spells(2500, seed=2, level=-3.5, effects=(0.9, 0.0, 0.0))
    bent = np.abs(panel.features[:, 1] * panel.features[:, 2]) > 1.0
    panel.months[:, 0] = np.where(bent, 1, panel.months[:, 0])
    fitted = fit(panel, Settings(threads=1, resamples=4))
    assert fitted.models[0].resamples.forests
    rows = panel.take(np.arange(120))
    shown, kept = by_hand(fitted, rows, 2, horizon=12)
    found = fitted.steadiness(rows, GROUPS, shown, 2)
    assert (np.abs(found - kept) <= 1.0 / 4).mean() > 0.95
    assert np.array_equal(load(fitted.to_bytes()).steadiness(rows, GROUPS, shown, 2), found)


def test_resamples_are_the_same_for_the_same_seed_and_leave_the_forecast_alone(company, linear):
    again = fit(company, Settings(boosted=False, resamples=12))
    assert again.to_bytes() == linear.to_bytes()
    plain = fit(company, Settings(boosted=False))
    assert np.array_equal(plain.predict(company).survival, linear.predict(company).survival)
    shown = plain.drivers(company, horizon=6).values
    assert np.isnan(plain.steadiness(company, GROUPS, shown, 2, horizon=6)).all()


def test_resamples_differ_as_much_as_the_posterior_says(linear):
    """Bootstrap and posterior are two answers to one question, of the same size."""
    model = linear.models[0]
    spread = np.square(model.spread.root).sum(axis=1) ** 0.5
    drawn = model.resamples.betas.std(axis=0)
    use = 1  # the column after the level
    assert 0.3 < drawn[use] / spread[use] < 2.0


def test_a_model_of_the_first_version_is_still_read(company):
    fitted = fit(company, Settings(boosted=False))
    content = {
        "horizons": fitted.horizons, "names": fitted.names, "ahead_names": fitted.ahead_names,
        "models": fitted.models, "report": fitted.report, "quartiles": np.zeros((2, 2)),
    }  # fmt: skip
    assert np.array_equal(load(pack(content)).predict(company).low, fitted.predict(company).low)


@pytest.mark.parametrize(("own_sd", "leaving_sd"), [(0.3, 0.5), (0.6, 0.01), (0.01, 0.8)])
def test_an_interval_of_becoming_something_holds_what_draws_of_the_log_odds_give(
    own_sd, leaving_sd
):
    """Draws that move all months of each cause together."""
    own = np.linspace(-4.0, -2.5, 12)[None, :]
    leaving = np.full((1, 12), -3.0)
    low, high = incidence_limits(own, leaving, np.array([own_sd]), np.array([leaving_sd]))[0]
    a, b = np.random.default_rng(3).normal(size=(2, 20_000, 1))
    drawn = incidence_of(chance_of(own + own_sd * a), survival_of(leaving + leaving_sd * b))
    exact = np.quantile(drawn[:, -1], [0.05, 0.95])
    assert [low, high] == pytest.approx(exact.tolist(), abs=0.01)


def test_where_nobody_leaves_the_interval_is_that_of_the_hazard_moved():
    own = np.full((1, 12), -3.0)
    never = np.full((1, 12), -30.0)
    found = incidence_limits(own, never, np.array([0.4]), np.array([0.4]))[0]
    z = 1.6448536269514722 * 0.4
    by_hand = [1.0 - (1.0 - chance_of(np.array(-3.0 + s * z))) ** 12 for s in (-1, 1)]
    assert found == pytest.approx(by_hand, abs=1e-9)


def test_every_row_gets_an_interval_around_its_chance(company, linear):
    found = linear.predict(company, ranged=6)
    chance = found.incidence("expansion")[:, 5]
    low, high = found.ranges["expansion"].T
    assert ((low > 0) & (low < chance) & (chance < high) & (high < 1)).all()
    assert linear.predict(company).ranges == {}
