import numpy as np
import pytest
from scipy.special import logit

from tenure.engine.hazards import Settings, fit
from tenure.engine.hazards.tabulate import tabulate
from tenure.engine.hazards.tests.companies import months, spells

lightgbm = pytest.importorskip("lightgbm")


@pytest.fixture(scope="module")
def company():
    return months(500, seed=11)


@pytest.fixture(scope="module")
def blended(company):
    """A fit in which trees take part: an effect that only they can bend so far."""
    panel, _ = spells(2500, seed=2, level=-3.5, effects=(0.9, 0.0, 0.0))
    tilted = panel.features.copy()
    panel.months[:, 0] = np.where(np.abs(tilted[:, 1] * tilted[:, 2]) > 1.0, 1, panel.months[:, 0])
    fitted = fit(panel, Settings(threads=1))
    assert fitted.report.of("churn").weights["boosted"] > 0
    return panel.take(np.arange(400)), fitted


def booster(seed):
    """Trees on values with gaps, ties and zeros."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1500, 6)).round(1)
    x[:, 3:][rng.random((1500, 3)) < 0.2] = np.nan
    y = (x[:, 0] + x[:, 1] * x[:, 2] + np.isnan(x[:, 3]) > rng.normal(size=1500)).astype(float)
    settings = {"objective": "binary", "num_leaves": 8, "num_threads": 1, "verbose": -1}
    return lightgbm.train(settings, lightgbm.Dataset(x, y), 25), x


def test_tables_say_what_the_library_says():
    trees, x = booster(4)
    table = tabulate(trees, 6)
    x[:40] = np.nan
    x[40:80] = 0.0
    bins = [table.bins(x[:, j], j) for j in range(6)]
    everything = list(range(table.trees))
    shap = np.zeros((6, x.shape[0]))
    table.contributions(bins, everything, shap)
    told = trees.predict(x, pred_contrib=True)
    assert np.allclose(table.scores(bins, everything), trees.predict(x, raw_score=True), atol=1e-12)
    assert np.allclose(shap.T, told[:, :-1], atol=1e-12)
    assert table.expected == pytest.approx(told[0, -1], abs=1e-12)


@pytest.mark.parametrize("horizon", [1, 5, 12])
def test_drivers_of_a_blend_add_up_to_the_forecast(blended, horizon):
    panel, fitted = blended
    drivers = fitted.drivers(panel, horizon=horizon)
    chance = 1.0 - fitted.predict(panel).survival[:, horizon - 1]
    assert np.allclose(drivers.base + drivers.values.sum(axis=1), logit(chance), atol=1e-6)


def test_grouped_drivers_are_the_sums_of_their_members(company):
    fitted = fit(company, Settings(boosted=False))
    plain = fitted.drivers(company, horizon=6)
    grouped = fitted.drivers(company, horizon=6, groups={"usage": ["use", "noise"]})
    assert grouped.names == ("usage", "renewal")
    assert np.allclose(grouped.values[:, 0], plain.values[:, :2].sum(axis=1))
    assert np.array_equal(grouped.base, plain.base)


def test_a_direction_that_is_required_holds_in_every_month():
    panel, _ = spells(1200, seed=9, effects=(0.8, -0.5, 0.2))
    fitted = fit(panel, Settings(threads=1, monotone={"x0": -1, "x1": -1}))
    low = panel.take(np.zeros(40, dtype=int))
    low.features[:, 1] = np.linspace(-3, 3, 40)
    assert (np.diff(fitted.predict(low).survival, axis=0) >= 0).all()
    low.features[:, 1] = 0.0
    low.features[:, 0] = np.linspace(-3, 3, 40)
    # The data say the opposite of the requirement: no effect is the most that is allowed.
    assert np.ptp(fitted.predict(low).survival, axis=0).max() < 1e-9


def test_what_would_lower_the_risk_is_a_forecast_of_the_changed_row(company):
    fitted = fit(company, Settings(boosted=False))
    row = company.take(np.array([int(np.argmin(company.features[:, 0]))]))
    best = fitted.lowers(row, ["use"], horizon=6)[0]
    assert best.feature == "use"
    assert best.then == pytest.approx(np.quantile(company.features[:, 0], 0.75))
    assert best.chance == pytest.approx(1.0 - fitted.predict(row).survival[0, 5], abs=1e-12)
    row.features[0, 0] = best.then
    assert best.lowered == pytest.approx(1.0 - fitted.predict(row).survival[0, 5], abs=1e-12)
    assert 0 < best.change == best.chance - best.lowered
    assert "not a proven effect" in best.sentence


def test_a_feature_in_its_good_quartile_is_not_moved_on(company):
    fitted = fit(company, Settings(boosted=False))
    row = company.take(np.array([int(np.argmax(company.features[:, 0]))]))
    assert fitted.lowers(row, ["use"], horizon=6) == ()
