import numpy as np
import pytest

from tenure.engine.hazards import logistic
from tenure.engine.hazards.logistic import sigmoid, solve

ROWS, COLUMNS = 900, 24
HELD = 1e12


@pytest.fixture
def problem():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(ROWS, COLUMNS)) * rng.uniform(0.05, 3.0, COLUMNS)
    came = (rng.random(ROWS) < sigmoid(x @ rng.normal(size=COLUMNS) * 0.3 - 2.0)).astype(float)
    return x, came, rng.uniform(0.5, 2.0, ROWS), np.full(ROWS, -2.0), np.full(COLUMNS, 0.3)


def slope_of(x, came, weight, offset, penalty, beta):
    return x.T @ (weight * (sigmoid(offset + x @ beta) - came)) + penalty * beta


def test_the_slope_is_level_where_it_stops(problem):
    beta = solve(*problem).beta
    assert np.abs(slope_of(*problem, beta)).max() < 0.02


def test_columns_that_are_held_at_0_leave_the_others_what_they_would_be_and_cost_no_steps(
    problem, monkeypatch
):
    x, came, weight, offset, penalty = problem
    held = np.arange(COLUMNS) % 2 == 0
    free = solve(x[:, ~held], came, weight, offset, penalty[~held]).beta
    monkeypatch.setattr(logistic, "_STEPS", 12)
    found = solve(x, came, weight, offset, np.where(held, HELD, penalty)).beta
    assert np.abs(found[held]).max() < 1e-8
    assert found[~held] == pytest.approx(free, abs=1e-4)


def test_it_starts_from_what_is_known_and_arrives_at_the_same_place(problem):
    x, came, weight, offset, penalty = problem
    start = solve(*problem)
    harder = solve(x, came, weight, offset, penalty * 30)
    again = solve(x, came, weight, offset, penalty * 30, start)
    assert again.beta == pytest.approx(harder.beta, abs=1e-3)
