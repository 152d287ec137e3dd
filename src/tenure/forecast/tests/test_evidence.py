"""Comparison of health weights, drift, definitions, screening: what each says, and when nothing."""

import numpy as np
import pytest

from tenure.core.errors import InvalidDefinition
from tenure.engine.panel import spell_panel
from tenure.forecast.definitions import parse, shipped, stored
from tenure.forecast.drivers import driver_of, drivers_of
from tenure.forecast.models import HealthComparison
from tenure.forecast.services.cases import Cases
from tenure.forecast.services.health_weights import learn_weights
from tenure.forecast.services.methods import closed_label
from tenure.forecast.services.screening import telling
from tenure.forecast.tests.company import company, train
from tenure.forecast.texts import metric_titles, reason_sentence
from tenure.health.tests.world import refresh


def panel(values, event=None, duration=12):
    size = len(values)
    came = np.zeros(size, dtype=bool) if event is None else event
    return spell_panel(np.full(size, duration), came, values, ["a", "b"], account=range(size))


def test_learned_weights_find_the_measure_that_tells():
    draw = np.random.default_rng(3)
    points = draw.uniform(0, 1, (400, 2))
    came = (draw.uniform(0, 1, 400) > points[:, 0]).astype(float)
    weights, _ = learn_weights(points, came)
    assert weights[0] > 3 * weights[1]
    assert (weights >= 0).all()
    assert learn_weights(points, np.zeros(400)) is None


@pytest.mark.django_db
def test_health_is_compared_with_the_baseline_after_a_training():
    company()
    refresh("health")
    train(backtest_horizon=6)
    found = HealthComparison.objects.get()
    assert found.rows > 50
    assert set(found.auc) == {"hand", "learned", "baseline"}
    low, high = found.auc["hand"][1:]
    assert low <= found.auc["hand"][0] <= high
    assert found.auc["hand"][0] > 0.6
    assert sum(m["learned"] or 0 for m in found.measures) == pytest.approx(1.0, abs=0.01)
    assert found.beats in {True, False}


def test_a_window_that_is_not_over_tells_nothing_even_of_those_who_left():
    found = spell_panel([3, 6, 2], [True, False, True], np.zeros((3, 2)), ["a", "b"], horizons=6)
    assert found.label("churn", 6).tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(closed_label(found, 6)[[0, 2]]).all()
    assert closed_label(found, 2).tolist() == [0.0, 0.0, 1.0]


def test_screening_keeps_what_tells_and_the_order_of_names():
    draw = np.random.default_rng(0)
    values = draw.normal(0, 1, (300, 2))
    event = values[:, 1] > 0.5
    found = panel(values, event)
    assert telling(found, 1) == ("b",)
    assert telling(found, 2) == ("a", "b")
    assert telling(panel(values), 1) == ("a", "b")  # nobody left: nothing can be judged


def test_nearest_cases_are_other_accounts_once_each():
    cases = Cases(
        ("use",), np.array([[0.0], [0.1], [0.2], [5.0]]), np.array([1, 2, 2, 3]),
        np.array(["2025-01-01"] * 4, "datetime64[D]"), np.array([0, 4, 0, 1]), np.full(4, 12),
    )  # fmt: skip
    again = Cases.read(cases.to_bytes())
    found = again.nearest(np.array([[0.0]]), np.array([1]))[0]
    assert [(case["account"], case["months"]) for case in found] == [(2, 4), (3, 1)]


def test_features_are_summed_to_drivers_that_people_know():
    names = ("active_days", "events.change_3", "segment=SMB", "health_usage", "my_metric")
    assert drivers_of(names) == {"use": [0, 1], "company": [2], "health": [3], "my_metric": [4]}
    assert driver_of("renews") == "renewal"


@pytest.mark.django_db
def test_a_reason_is_told_with_what_it_was():
    driver = {"name": "use", "feature": "days_since_active", "now": 21.0, "then": 3.0}
    titles = metric_titles()
    assert reason_sentence(driver, titles) == "Days since active: 21, was 3"
    assert reason_sentence({**driver, "then": None}, titles) == "Days since active: 21"
    assert reason_sentence({**driver, "feature": "segment=SMB"}, titles) == "SMB"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"horizon": 3}, "'horizon' is no part"),
        ({"horizons": 100}, "from 3 to 36; 100 is not"),
        ({"margin": "much"}, "margin must be a number"),
        ({"exclude": "health"}, "exclude must be a list"),
        ({"horizons": 4, "backtest_horizon": 6}, "further ahead than horizons"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_with_a_sentence(body, words):
    with pytest.raises(InvalidDefinition, match=words):
        parse(body)
    assert parse({}).horizons == shipped()["horizons"]


def test_what_a_run_was_made_with_is_read_after_a_part_was_renamed():
    plain = {**parse({"margin": 0.5}, 3).plain(), "gone": 1}
    assert (stored(plain).margin, stored(plain).version) == (0.5, 3)
