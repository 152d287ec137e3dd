from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.simulation.settings import Grid, Settings, choose

ENDS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(end=ENDS, months=st.integers(3, 60))
def test_the_grid_starts_on_a_monday_about_so_many_months_before_its_end(end, months):
    grid = Grid.of(Settings(accounts=10, months=months, seed=0, end=end))
    start = grid.start.item()
    assert start.weekday() == 0
    assert (end - start).days == grid.end
    assert abs(grid.end - months * 30.44) < 8
    assert (grid.weeks - 1) * 7 < grid.end <= grid.weeks * 7


@given(
    end=ENDS, day=st.integers(0, 400 * 86_400).map(lambda s: s / 86_400), months=st.integers(0, 36)
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(end, day, months):
    grid = Grid.of(Settings(accounts=10, months=12, seed=0, end=end))
    before = (grid.start + np.timedelta64(int(day), "D")).item()
    later = grid.after_months(day, months)
    after = (grid.start + np.timedelta64(int(later), "D")).item()
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == months
    assert after.day <= before.day
    assert (later - day) % 1 == pytest.approx(0, abs=1e-9) or (later - day) % 1 > 1 - 1e-9


def test_seconds_are_unix_time():
    grid = Grid.of(Settings(accounts=10, months=12, seed=0, end=date(2026, 3, 18)))
    assert grid.seconds(grid.end) == datetime(2026, 3, 18, tzinfo=UTC).timestamp()


def test_each_concern_has_its_own_repeatable_stream():
    settings = Settings(accounts=10, months=12, seed=3, end=date(2026, 3, 18))
    assert settings.chance("use").random() == settings.chance("use").random()
    assert settings.chance("use").random() != settings.chance("plays").random()


def test_choose_follows_the_weights():
    drawn = choose(np.random.default_rng(0), (1, 0, 3), 4000)
    assert set(drawn) == {0, 2}
    assert np.mean(drawn == 2) == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(
    "wrong", [{"accounts": 9}, {"accounts": 100_001}, {"months": 2}, {"seed": -1}]
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(ValueError):
        Settings(**{"accounts": 50, "months": 12, "seed": 0, "end": date(2026, 3, 18)} | wrong)
