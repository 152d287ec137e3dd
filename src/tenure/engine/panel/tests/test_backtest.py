from datetime import date

import numpy as np
import pytest

from tenure.engine.panel import Grid, Spells, backtest, build

BEGAN = np.array(["2023-01-01"] * 3, dtype="datetime64[D]")
ENDED = np.array(["2024-04-10", "2024-08-20", "NaT"], dtype="datetime64[D]")
PANEL = build(
    Spells(np.arange(3), BEGAN, ENDED, ENDED),
    Grid(date(2024, 1, 1), date(2024, 12, 1), date(2025, 1, 1), horizons=6),
)


def seen(told):
    """A forecaster that writes down what it is given."""

    def forecast(known, rows):
        told.append((known, rows))
        monthly = (known.months[:, 0] > 0).sum() / known.followed.sum()
        return np.tile((1 - monthly) ** np.arange(1, 7), (len(rows), 1))

    return forecast


def test_every_origin_is_forecast_from_what_had_closed_before_it():
    told = []
    done = backtest(PANEL, seen(told))
    assert [rows.origin[0] for _, rows in told] == np.unique(PANEL.origin)[1:].tolist()
    for known, rows in told:
        assert (known.origin < rows.origin[0]).all()
        past = ENDED[known.account[known.months[:, 0] > 0]]
        assert (past <= rows.origin[0]).all()
        assert not rows.months.any()
        assert not rows.followed.any()
    assert done.chance(6)[0] == 0.0
    assert done.chance(6)[-1] > 0.0
    assert (done.panel.months == PANEL.months[done.rows]).all()
    assert done.learned[0] == 3


def test_who_left_is_known_to_the_forecaster_from_the_next_origin_on():
    told = []
    backtest(PANEL, seen(told), [date(2024, 4, 1), date(2024, 5, 1)])
    assert not (told[0][0].months > 0).any()
    left = told[1][0].months[:, 0] > 0
    assert np.unique(told[1][0].account[left]).tolist() == [0]


def test_reports_that_take_their_time_are_waited_for():
    told = []
    backtest(PANEL, seen(told), [date(2024, 5, 1)], delay=25)
    assert not (told[0][0].months > 0).any()


def test_only_closed_forecasts_are_to_be_scored():
    done = backtest(PANEL, seen([]))
    closed = done.closed(6)
    assert done.panel.origin[closed].max() == np.datetime64("2024-07-01")
    assert len(closed) < len(done.rows)
    assert not np.isnan(done.panel.label("churn", 6)[closed]).any()


def test_a_backtest_without_a_past_is_refused():
    with pytest.raises(ValueError, match="No origin"):
        backtest(PANEL, seen([]), [date(2024, 1, 1)])
    with pytest.raises(ValueError, match="shape"):
        backtest(PANEL, lambda known, rows: np.ones(len(rows)))
