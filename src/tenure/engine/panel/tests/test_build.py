"""The fast panel against the slow one, and that a panel knows nothing too early."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.panel import Arrivals, Grid, Observations, Recipe, Spells, build
from tenure.engine.panel.tests import oracle, tables


def made(spells, grid, arrivals=(), observations=(), terms=()):
    return build(
        tables.as_spells(spells),
        grid,
        arrivals=tables.as_arrivals(arrivals),
        observations=tables.as_observations(observations),
        terms=tables.as_terms(terms),
        causes=tables.CAUSES,
    )


def day(panel, row):
    return panel.origin[row].astype(date)


def same(left, right):
    for part in ("account", "origin", "features", "months", "followed", "ahead"):
        np.testing.assert_array_equal(getattr(left, part), getattr(right, part), err_msg=part)


@given(tables.spells(), tables.grids(), tables.arrivals())
def test_rows_and_labels_are_those_of_the_slow_way(spells, grid, arrivals):
    panel = made(spells, grid, arrivals)
    rows = oracle.rows(spells, grid)
    assert [(int(a), day(panel, i)) for i, a in enumerate(panel.account)] == [r[:2] for r in rows]
    for i, row in enumerate(rows):
        followed, months = oracle.outcome(row, arrivals, tables.CAUSES, grid)
        assert panel.followed[i] == followed
        assert panel.months[i].tolist() == months
        assert panel.features[i, 0] == (row[1] - row[2]).days / 30.4375
        assert panel.features[i, 1] == row[1].month


@given(tables.spells(), tables.grids(), tables.observations())
def test_features_are_those_of_the_slow_way(spells, grid, observations):
    panel = made(spells, grid, observations=observations)
    columns = [c for name in tables.NAMES for c in Recipe().columns(name)]
    assert panel.names == ("tenure_months", "calendar_month", *columns)
    for i in range(len(panel)):
        expected = [
            x
            for name in tables.NAMES
            for x in oracle.features(observations, panel.account[i], name, day(panel, i))
        ]
        np.testing.assert_allclose(panel.features[i, 2:], expected, rtol=1e-9, atol=1e-3)


@given(tables.spells(), tables.grids(), tables.terms())
def test_what_is_ahead_is_that_of_the_slow_way(spells, grid, terms):
    panel = made(spells, grid, terms=terms)
    for i in range(len(panel)):
        expected = oracle.ahead(terms, panel.account[i], day(panel, i), grid)
        np.testing.assert_array_equal(panel.ahead[i], expected)


@given(tables.spells(), tables.grids(), tables.observations(), tables.terms(), st.data())
def test_facts_recorded_later_never_change_earlier_rows(spells, grid, observations, terms, data):
    before = made(spells, grid, observations=observations, terms=terms)
    cut = data.draw(tables.days)
    late = [
        (a, n, d, max(r, cut + timedelta(1)), v)
        for a, n, d, r, v in data.draw(tables.observations(10))
    ]
    late_terms = [(a, max(k, cut + timedelta(1)), *r) for a, k, *r in data.draw(tables.terms())]
    after = made(spells, grid, observations=observations + late, terms=terms + late_terms)
    early = before.origin <= np.datetime64(cut)
    same(before.take(early), after.take(early))


@given(
    tables.spells(), tables.grids(), tables.arrivals(), tables.observations(), tables.terms(),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_neither_the_order_of_rows_nor_repeated_rows_matter(s, grid, a, o, t, random):
    def again(rows):
        longer = [*rows, *random.sample(rows, min(len(rows), 3))]
        random.shuffle(longer)
        return longer

    same(made(s, grid, a, o, t), made(again(s), grid, again(a), again(o), again(t)))


@settings(max_examples=50)
@given(tables.spells(), tables.grids(), tables.arrivals(), tables.observations())
def test_nothing_recorded_after_the_tables_day_is_used(spells, grid, arrivals, observations):
    ends = [
        (*s[:2], *(s[2:4] if s[2] and s[3] <= grid.as_of else (None, None)), s[4]) for s in spells
    ]
    known = [a for a in arrivals if a[3] <= grid.as_of]
    values = [o for o in observations if o[3] <= grid.as_of]
    same(made(spells, grid, arrivals, observations), made(ends, grid, known, values))


MONTHS = Grid(date(2025, 1, 1), date(2025, 4, 1), date(2025, 12, 31))


def one(began="2024-07-01", ended="2025-03-10", recorded="2025-03-20", **more):
    return Spells(np.array([5]), [began], [ended], [recorded], **more)


def test_a_late_event_is_not_in_the_features():
    seats = Observations.of_words(
        [5, 5], ["seats", "seats"], ["2024-12-01", "2024-12-20"], ["2024-12-01", "2025-01-15"],
        [10.0, 4.0],
    )  # fmt: skip
    panel = build(one(), MONTHS, observations=seats)
    assert panel.features[:, panel.names.index("seats")].tolist() == [10.0, 4.0, 4.0]
    assert panel.features[:, panel.names.index("seats.age")].tolist() == [31.0, 43.0, 71.0]


def test_a_corrected_value_counts_from_the_day_of_its_correction():
    seats = Observations.of_words(
        [5, 5, 5], ["seats"] * 3, ["2024-12-01", "2024-12-20", "2024-12-20"],
        ["2024-12-01", "2024-12-20", "2025-01-15"], [10.0, 20.0, 40.0],
    )  # fmt: skip
    panel = build(one(), MONTHS, observations=seats)
    assert panel.features[:, panel.names.index("seats")].tolist() == [20.0, 40.0, 40.0]
    assert panel.features[:, panel.names.index("seats.mean_3")].tolist() == [15.0, 25.0, 40.0]


def test_what_comes_after_an_account_has_come_back_is_not_counted():
    spells = Spells(
        [5, 5], ["2024-07-01", "2025-04-20"], ["2025-03-10", "NaT"], ["2025-03-10", "NaT"]
    )
    more = Arrivals([5, 5], ["expansion"] * 2, ["2025-02-10", "2025-05-10"], ["2025-06-01"] * 2)
    panel = build(spells, MONTHS, arrivals=more)
    assert panel.causes == ("churn", "expansion")
    assert panel.origin.astype(str).tolist() == ["2025-01-01", "2025-02-01", "2025-03-01"]
    assert panel.months.tolist() == [[3, 2], [2, 1], [1, 0]]


def test_an_account_is_at_risk_until_its_end_and_the_end_is_a_month_after_each_origin():
    panel = build(one(), MONTHS)
    assert panel.origin.astype(str).tolist() == ["2025-01-01", "2025-02-01", "2025-03-01"]
    assert panel.months[:, 0].tolist() == [3, 2, 1]
    assert panel.followed.tolist() == [11, 10, 9]


def test_an_end_within_the_blind_gap_removes_the_row():
    grid = Grid(MONTHS.first, MONTHS.last, MONTHS.as_of, gap=14)
    panel = build(one(), grid)
    assert panel.origin.astype(str).tolist() == ["2025-01-01", "2025-02-01"]
    assert panel.months[:, 0].tolist() == [2, 1]


def test_an_end_that_was_not_recorded_yet_is_not_known():
    grid = Grid(MONTHS.first, date(2025, 3, 1), date(2025, 3, 15))
    panel = build(one(), grid)
    assert panel.months[:, 0].tolist() == [0, 0, 0]
    assert panel.followed.tolist() == [2, 1, 0]


def test_months_close_late_by_the_delay_of_reports():
    grid = Grid(MONTHS.first, date(2025, 3, 1), date(2025, 3, 15), delay=14)
    assert build(one(), grid).followed.tolist() == [2, 1, 0]
    grid = Grid(MONTHS.first, date(2025, 3, 1), date(2025, 3, 15), delay=15)
    assert build(one(), grid).followed.tolist() == [1, 0, 0]


def test_a_month_that_is_not_closed_gives_no_event_either():
    grid = Grid(MONTHS.first, date(2025, 3, 1), date(2025, 3, 25))
    panel = build(one(), grid)
    assert panel.months[:, 0].tolist() == [0, 0, 0]
    assert panel.followed.tolist() == [2, 1, 0]


def test_another_end_than_churn_only_ends_the_following():
    panel = build(one(cause=["merged"]), MONTHS)
    assert panel.months[:, 0].tolist() == [0, 0, 0]
    assert panel.followed.tolist() == [2, 1, 0]


def test_a_spell_recorded_late_gives_rows_from_then_on():
    panel = build(one(known_from=["2025-01-20"]), MONTHS)
    assert panel.origin.astype(str).tolist() == ["2025-02-01", "2025-03-01"]


def test_overlapping_spells_are_refused_by_account():
    with pytest.raises(ValueError, match="account 5 overlap"):
        build(Spells([5, 5], ["2024-01-01", "2024-06-01"], ["NaT", "NaT"], ["NaT", "NaT"]), MONTHS)
    with pytest.raises(ValueError, match="account 5 ends before"):
        build(one(began="2025-06-01"), MONTHS)


def test_tables_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        Spells([1, 2], ["2024-01-01"], ["NaT"], ["NaT"])
    with pytest.raises(ValueError, match="day it was recorded"):
        one(recorded="NaT")
    with pytest.raises(ValueError, match="day it began"):
        one(began="NaT")
    with pytest.raises(ValueError, match="not among"):
        Observations([1], np.array([1]), ["2024-01-01"], ["2024-01-01"], [1.0], ("only",))
    with pytest.raises(ValueError, match="whole months"):
        tables.as_terms([(1, MONTHS.first, None, 0.5, 1.0, None)])
    with pytest.raises(ValueError, match="first ≤ last"):
        Grid(MONTHS.last, MONTHS.first, MONTHS.as_of)
    with pytest.raises(ValueError, match="horizon of a month"):
        Grid(MONTHS.first, MONTHS.last, MONTHS.as_of, horizons=0)
    with pytest.raises(ValueError, match='start with "churn"'):
        build(one(), MONTHS, causes=["expansion"])


def test_no_spells_make_an_empty_panel():
    panel = made([], MONTHS, [(1, "client", MONTHS.first, MONTHS.first)])
    assert len(panel) == 0
    assert panel.horizons == 24
