"""The trend of observed over predicted: silent where forecasts are right, heard where not."""

import numpy as np
import pytest
from scipy.special import expit, logit

from tenure.engine.scoring import calibration_trend
from tenure.engine.scoring.trend import EVENTS, MONTHS, THRESHOLD

ACCOUNTS = 250


def company(seed, months=18, drift=0.0, mood=0.0, level=0.0):
    """(outcome, chance, month) of accounts forecast each month; months may have moods of their own.

    The true log-odds are the forecast's + level + drift · months since the first + the mood.
    """
    draw = np.random.default_rng(seed)
    month = np.repeat(np.arange(months), ACCOUNTS)
    chance = expit(logit(0.02) + draw.normal(0.0, 1.0, month.size))
    moods = np.repeat(draw.normal(0.0, mood, months), ACCOUNTS) if mood else 0.0
    true = expit(logit(chance) + level + drift * month + moods)
    return (draw.random(month.size) < true).astype(float), chance, month


def looks(seed, **about):
    """What a look at the end of each month finds, from the first that may say something."""
    outcome, chance, month = company(seed, **about)
    for last in range(MONTHS - 1, month.max() + 1):
        seen = month <= last
        found = calibration_trend(outcome[seen], chance[seen], month[seen])
        if found is not None:
            yield found


@pytest.mark.parametrize("mood", [0.0, 0.3])
def test_a_stable_company_raises_nothing_in_95_of_100_years(mood):
    raised = [any(t.drifts or t.off for t in looks(seed, mood=mood)) for seed in range(40)]
    assert np.mean(raised) <= 0.05


def test_one_look_at_a_stable_company_finds_p_below_5_percent_in_about_one_of_twenty():
    p = [calibration_trend(*company(seed)).p for seed in range(300)]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09


def test_a_drifting_company_is_heard_and_its_slope_lies_in_the_interval():
    found = [calibration_trend(*company(seed, drift=0.15)) for seed in range(80)]
    assert np.mean([one.drifts for one in found]) > 0.9
    assert np.mean([one.low <= 0.15 <= one.high for one in found]) > 0.88
    assert np.mean([one.slope for one in found]) == pytest.approx(0.15, abs=0.02)


def test_a_company_where_less_comes_every_month_has_a_slope_below_zero():
    found = calibration_trend(*company(3, drift=-0.2, level=1.5))
    assert found.high < 0.0
    assert found.drifts


def test_forecasts_that_are_off_all_along_are_off_but_do_not_drift():
    found = calibration_trend(*company(1, level=1.0))
    assert found.off
    assert not found.drifts
    assert found.ratio == pytest.approx(0.4, abs=0.12)
    assert found.level == pytest.approx(1.0, abs=0.25)


def test_the_slope_is_that_of_a_logistic_regression_with_an_offset():
    """Against the closed form of two groups: with equal chances, months 0 and 1 alone differ."""
    outcome = np.concatenate([np.repeat([1.0, 0.0], [10, 90]), np.repeat([1.0, 0.0], [20, 80])])
    month = np.tile(np.repeat([0, 1], 100), 3) + np.repeat([0, 2, 4], 200)
    outcome = np.tile(outcome, 3)
    even = month % 2
    found = calibration_trend(outcome, np.where(even, 0.2, 0.1), month)
    assert found.slope == pytest.approx(0.0, abs=1e-8)
    assert found.ratio == pytest.approx(1.0)
    assert found.p == pytest.approx(1.0)


def test_too_few_months_or_events_tell_no_trend():
    outcome, chance, month = company(0)
    few = month < MONTHS - 1
    assert calibration_trend(outcome[few], chance[few], month[few]) is None
    rare = np.where(np.cumsum(outcome) < EVENTS, outcome, 0.0)
    assert calibration_trend(rare, chance, month) is None
    assert calibration_trend([], [], []) is None


def test_the_threshold_is_that_of_a_look_every_week_for_a_year():
    assert pytest.approx(0.05 / 52) == THRESHOLD


def test_months_add_up_to_the_rows():
    outcome, chance, month = company(2)
    found = calibration_trend(outcome, chance, month)
    assert sum(one.events for one in found.months) == outcome.sum()
    assert sum(one.expected for one in found.months) == pytest.approx(chance.sum())
    assert [one.rows for one in found.months] == [ACCOUNTS] * 18
