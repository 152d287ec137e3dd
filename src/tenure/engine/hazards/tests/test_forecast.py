import numpy as np
import pytest

from tenure.engine.hazards import Settings, fit, load
from tenure.engine.hazards.tests.companies import months, spells

SETTINGS = Settings(boosted=False)


@pytest.fixture(scope="module")
def company():
    return months(600, seed=3)


@pytest.fixture(scope="module")
def fitted(company):
    return fit(company, SETTINGS)


def test_survival_never_rises_and_stays_in_its_interval(company, fitted):
    forecast = fitted.predict(company)
    assert forecast.survival.shape == (len(company), 6)
    for curve in (forecast.survival, forecast.low, forecast.high):
        assert (np.diff(curve, axis=1) <= 0).all()
    assert (forecast.low <= forecast.survival).all()
    assert (forecast.survival <= forecast.high).all()


def test_survival_is_the_product_of_the_hazards(company, fitted):
    forecast = fitted.predict(company)
    product = np.cumprod(1.0 - forecast.hazard("churn"), axis=1)
    assert np.allclose(forecast.survival, product, atol=1e-12)
    assert np.array_equal(forecast.incidence("churn"), 1.0 - forecast.survival)


def test_incidence_of_another_cause_needs_the_account_to_be_there(company, fitted):
    forecast = fitted.predict(company)
    churn, grow = forecast.hazard("churn")[0], forecast.hazard("expansion")[0]
    # By hand for the first two months.
    second = grow[0] + (1 - grow[0]) * grow[1] * (1 - churn[0])
    assert forecast.incidence("expansion")[0, :2] == pytest.approx([grow[0], second])


def test_a_renewal_known_ahead_makes_a_step(company, fitted):
    hazard = fitted.predict(company).hazard("churn")
    due = company.ahead[:, :, 0] == 1.0
    assert hazard[due].mean() > 3 * hazard[~due].mean()


def test_labels_of_the_rows_to_forecast_are_not_looked_at(company, fitted):
    blank = company.take(np.arange(50))
    shown = fitted.predict(blank).survival
    blank.months[:] = 1
    blank.followed[:] = 0
    assert np.array_equal(fitted.predict(blank).survival, shown)


def test_the_same_seed_gives_the_same_bytes_and_bytes_the_same_forecast(company, fitted):
    blob = fitted.to_bytes()
    assert fit(company, SETTINGS).to_bytes() == blob
    again = load(blob)
    before, after = fitted.predict(company), again.predict(company)
    for name in ("survival", "low", "high"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert again.report == fitted.report
    assert again.to_bytes() == blob


@pytest.mark.parametrize("horizon", [1, 6])
def test_drivers_add_up_to_the_forecast(company, fitted, horizon):
    drivers = fitted.drivers(company, horizon=horizon)
    chance = 1.0 - fitted.predict(company).survival[:, horizon - 1]
    shown = np.log(chance / (1.0 - chance))
    assert np.allclose(drivers.base + drivers.values.sum(axis=1), shown, atol=1e-6)


def test_features_of_another_panel_are_refused(company, fitted):
    with pytest.raises(ValueError, match="features"):
        fitted.predict(company.only(["use"]))


def test_a_true_effect_is_found_and_noise_is_not():
    panel, _ = spells(3000, seed=5)
    fitted = fit(panel, SETTINGS)
    assert fitted.report.of("churn").signal
    values = np.abs(fitted.drivers(panel).values).mean(axis=0)
    assert values[0] > values[1] > 4 * values[2]
