import numpy as np
import pytest
from scipy.special import logit

from tenure.engine.hazards import Move, Settings, fit
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


def half_year(fitted, panel):
    return 1.0 - fitted.predict(panel).survival[:, 5]


def test_what_would_lower_the_risk_is_a_forecast_of_the_changed_row(company):
    fitted = fit(company, Settings(boosted=False))
    rows = company.take(np.arange(40))
    goal = np.where(rows.features[:, 0] < 0.5, 0.5, np.nan)
    found = fitted.lowers(rows, [Move("use", goal)], horizon=6, least=0.001)
    now, changed = half_year(fitted, rows), rows.take(np.arange(40))
    changed.features[:, 0] = np.where(np.isnan(goal), rows.features[:, 0], 0.5)
    then = half_year(fitted, changed)
    lower = np.flatnonzero(then <= now - 0.001)
    assert lower.size > 10
    assert np.array_equal(found.row, lower)
    assert np.allclose(found.chance, then[lower], atol=1e-12)
    ahead = fitted.predict(changed)
    assert np.allclose(found.low, 1.0 - ahead.high[lower, 5], atol=5e-3)
    assert np.allclose(found.high, 1.0 - ahead.low[lower, 5], atol=5e-3)
    assert ((found.low < found.chance) & (found.chance < found.high)).all()


def test_what_belongs_to_a_feature_moves_along_with_it(company):
    fitted = fit(company, Settings(boosted=False))
    rows = company.take(np.arange(5))
    goal = rows.features[:, 0] + 2.0
    alone, both = (
        fitted.lowers(rows, [Move("use", goal, along)], horizon=6) for along in ((), ("noise",))
    )
    changed = rows.take(np.arange(5))
    changed.features[:, :2] += 2.0
    assert np.allclose(both.chance, half_year(fitted, changed)[both.row], atol=1e-12)
    assert not np.allclose(both.chance[:1], alone.chance[:1], atol=1e-9)


def test_a_move_that_does_not_lower_the_risk_is_not_told(company):
    fitted = fit(company, Settings(boosted=False))
    rows = company.take(np.arange(30))
    worse = [Move("use", rows.features[:, 0] - 1.0), Move("use", rows.features[:, 0])]
    assert fitted.lowers(rows, worse, horizon=6).row.size == 0
    assert fitted.lowers(rows, [Move("use", np.full(30, np.nan))], horizon=6).row.size == 0


def test_many_rows_at_once_are_told_what_each_is_told_alone(company):
    fitted = fit(company, Settings(boosted=False))
    rows = company.take(np.arange(20))
    goal = np.full(20, 1.0)
    together = fitted.lowers(rows, [Move("use", goal)], horizon=6)
    for row, chance in zip(together.row, together.chance, strict=True):
        one = rows.take(np.array([row]))
        (alone,) = fitted.lowers(one, [Move("use", goal[:1])], horizon=6).chance
        assert chance == pytest.approx(alone, abs=1e-12)
