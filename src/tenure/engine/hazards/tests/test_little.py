"""With next to nothing to learn from there is still an answer, and it is a wide one."""

from dataclasses import replace

import numpy as np
import pytest

from tenure.engine.hazards import Settings, fit, load
from tenure.engine.hazards.tests.companies import logistic, months, spells
from tenure.engine.panel import spell_panel


def nothing_happened():
    panel, _ = spells(60, seed=1)
    return replace(panel, months=np.zeros_like(panel.months), followed=np.full(60, 12))


def all_gone():
    panel, _ = spells(60, seed=1)
    return replace(panel, months=np.ones_like(panel.months), followed=np.ones(60, dtype=int))


def nothing_known():
    panel, _ = spells(60, seed=1, level=-2.0)
    return replace(panel, features=np.full_like(panel.features, np.nan))


def all_alike():
    panel, _ = spells(60, seed=1, level=-2.0)
    return replace(panel, features=np.ones_like(panel.features))


def infinite():
    panel, _ = spells(60, seed=1, level=-2.0)
    panel.features[::7, 0] = np.inf
    return panel


def not_followed():
    panel, _ = spells(60, seed=1)
    return replace(panel, months=np.zeros_like(panel.months), followed=np.zeros(60, dtype=int))


CASES = {
    "one account": lambda: spells(1, seed=1)[0],
    "two accounts": lambda: spells(2, seed=1, level=0.0)[0],
    "no account": lambda: spells(5, seed=1)[0].take(np.zeros(0, dtype=int)),
    "nothing happened": nothing_happened,
    "all gone at once": all_gone,
    "nothing known": nothing_known,
    "all alike": all_alike,
    "infinite values": infinite,
    "nobody followed": not_followed,
    "no features": lambda: spells(60, seed=1, level=-2.0)[0].only([]),
    "one month ahead": lambda: spells(60, seed=1, level=-1.0, horizons=1)[0],
    "several origins": lambda: months(8, seed=4, origins=5),
}


@pytest.mark.parametrize("case", CASES)
def test_there_is_always_an_answer(case):
    panel = CASES[case]()
    fitted = load(fit(panel, Settings(boosted=False)).to_bytes())
    asked = panel if len(panel) else spells(3, seed=2)[0]
    forecast = fitted.predict(asked)
    assert np.isfinite(forecast.survival).all()
    assert ((forecast.survival > 0) & (forecast.survival < 1)).all()
    assert (forecast.low <= forecast.survival).all()
    assert (forecast.survival <= forecast.high).all()
    drivers = fitted.drivers(asked, horizon=12)
    chance = 1.0 - forecast.survival[:, -1]
    shown = np.log(chance / (1.0 - chance))
    assert np.allclose(drivers.base + drivers.values.sum(axis=1), shown, atol=1e-6)


def test_without_arrivals_the_prior_is_shown_and_the_report_says_so():
    fitted = fit(nothing_happened())
    report = fitted.report.of("churn")
    assert (report.chosen, report.signal, report.events) == ("prior", False, 0)
    assert "Too few arrivals" in report.notes[0]
    chance = 1.0 - fitted.predict(nothing_happened()).survival[:, -1]
    assert (chance < 0.06).all()


def test_values_never_seen_and_gaps_never_seen_are_forecast():
    panel, _ = spells(400, seed=3, level=-2.5)
    fitted = fit(panel, Settings(threads=1))
    odd = panel.take(np.arange(3))
    odd.features[:] = [[1e9, -1e9, 0.0], [np.nan] * 3, [0.0, 0.0, np.inf]]
    survival = fitted.predict(odd).survival[:, 0]
    assert ((survival > 0.2) & (survival < 0.999)).all()


def test_noise_is_called_noise():
    rng = np.random.default_rng(8)
    said = 0
    for _ in range(12):
        came = rng.random(300) < 0.3
        panel = spell_panel(np.ones(300), came, rng.normal(size=(300, 8)), list("abcdefgh"))
        report = fit(panel, Settings(boosted=False)).report.of("churn")
        said += report.signal
        assert report.signal or "No usable signal" in report.notes[-1]
    assert said <= 3


def test_intervals_of_sixty_accounts_with_five_churns_are_honest():
    # True chances from a known hazard; 90 % intervals have to hold at least 85 % of them.
    rng = np.random.default_rng(21)
    own, average = [], []
    for _ in range(25):
        x = rng.normal(size=(60, 5))
        hazard = logistic(-5.1 + x @ (rng.normal(size=5) * 0.35))
        truth = 1.0 - (1.0 - hazard) ** 12
        arrival = rng.geometric(hazard)
        followed = np.minimum(arrival, 12)
        panel = spell_panel(followed, arrival <= 12, x, list("abcde"), horizons=12)
        forecast = fit(panel, Settings(boosted=False)).predict(panel)
        low, high = 1.0 - forecast.high[:, -1], 1.0 - forecast.low[:, -1]
        own.append(((low <= truth) & (truth <= high)).mean())
        average.append(low.mean() <= truth.mean() <= high.mean())
    assert np.mean(own) >= 0.85
    assert np.mean(average) >= 0.85
