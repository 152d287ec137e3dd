"""A panel made from today's table is told from one made of what was known."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tenure.engine.panel import Grid, Observations, Recipe, Spells, build, lint

ACCOUNTS = np.arange(40)
GRID = Grid(date(2024, 1, 1), date(2024, 12, 1), date(2025, 6, 1), horizons=3)


def made():
    """Seats and use of forty accounts, every month; use is recorded forty days late."""
    rng = np.random.default_rng(0)
    months = np.arange(18)
    account = np.tile(np.repeat(ACCOUNTS, months.size), 2)
    month = np.tile(months, ACCOUNTS.size * 2)
    occurred = (np.datetime64("2023-12", "M") + month).astype("datetime64[D]") + 10
    name = np.repeat(["seats", "use"], account.size // 2)
    recorded = occurred + np.where(name == "use", 40, 0)
    values = rng.normal(size=account.size)
    observations = Observations.of_words(account, name, occurred, recorded, values)
    began = np.full(ACCOUNTS.size, np.datetime64("2023-06-01"))
    none = np.full(ACCOUNTS.size, np.datetime64("NaT"))
    plain = Recipe(age=False, changes=(), windows=())
    return Spells(ACCOUNTS, began, none, none), observations, plain


def panel_of(spells, observations, plain):
    return build(spells, GRID, observations=observations, default=plain)


def test_a_panel_of_what_was_known_is_left_alone():
    spells, observations, plain = made()
    panel = panel_of(spells, observations, plain)
    assert lint(panel, horizon=3, observations=observations).removed == ()


def test_values_that_were_recorded_later_are_found_with_their_dates():
    spells, observations, plain = made()
    at_once = replace(observations, recorded=observations.occurred)
    panel = panel_of(spells, at_once, plain)
    linted = lint(panel, horizon=3, observations=observations)
    (finding,) = linted.removed
    assert (finding.rule, finding.column, finding.severity) == ("late", "use", "refuse")
    mine = (observations.account == int(finding.account)) & (observations.name == 1)
    held = mine & (observations.value == float(finding.value))
    assert str(observations.recorded[held][0].astype("datetime64[D]")) in finding.sentence
    assert observations.recorded[held][0] > np.datetime64(finding.origin)
    assert linted.of(panel).names == ("tenure_months", "calendar_month", "seats")


def test_todays_values_on_earlier_rows_are_found():
    spells, observations, plain = made()
    panel = panel_of(spells, observations, plain)
    seats = observations.account[observations.name == 0], observations.value[observations.name == 0]
    newest = np.array([seats[1][seats[0] == account][-1] for account in panel.account])
    features = np.column_stack([panel.features, newest])[:, [0, 1, 4, 3]]
    linted = lint(replace(panel, features=features), horizon=3, observations=observations)
    assert [(f.rule, f.column) for f in linted.removed] == [("future", "seats")]


def test_a_feature_of_another_meaning_is_no_hindsight():
    spells, observations, plain = made()
    panel = panel_of(spells, observations, plain)
    features = panel.features * [1, 1, 2, 1]
    linted = lint(replace(panel, features=features), horizon=3, observations=observations)
    assert linted.removed == ()


def test_numbers_that_agree_now_and_then_are_no_hindsight():
    spells, observations, plain = made()
    rounded = replace(observations, value=np.round(observations.value))
    panel = panel_of(spells, rounded, plain)
    other = np.random.default_rng(1).permutation(panel.features[:, 3])
    features = np.column_stack([panel.features[:, :3], other])
    linted = lint(replace(panel, features=features), horizon=3, observations=rounded)
    assert linted.removed == ()


@pytest.mark.parametrize("names", [(), ("seats",)])
def test_without_values_nothing_is_compared(names):
    spells, observations, plain = made()
    panel = panel_of(spells, observations, plain)
    empty = Observations([], np.zeros(0, int), [], [], [], names)
    assert [f for f in lint(panel, horizon=3, observations=empty).removed if f.column != "x"] == []
