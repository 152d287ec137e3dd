from datetime import date, timedelta

import numpy as np
from hypothesis import given

from tenure.engine.panel import Grid, Spells, build, origins_before
from tenure.engine.panel.tests import tables


def followed(ended):
    spell = Spells(np.array([1]), ["2024-01-01"], [ended], [ended])
    return build(spell, Grid(date(2025, 1, 1), date(2025, 6, 1), date(2026, 1, 1)))


def test_only_rows_with_a_closed_window_remain():
    before = origins_before(followed("NaT"), date(2025, 5, 1), 3)
    assert before.origin.astype(str).tolist() == ["2025-01-01", "2025-02-01"]
    assert before.followed.tolist() == [4, 3]


def test_what_came_after_the_test_date_is_not_known():
    before = origins_before(followed("2025-05-02"), date(2025, 5, 1), 1)
    assert before.months[:, 0].tolist() == [0, 0, 0, 0]
    assert before.followed.tolist() == [4, 3, 2, 1]
    after = origins_before(followed("2025-05-02"), date(2025, 6, 1), 1)
    assert after.months[:, 0].tolist() == [5, 4, 3, 2, 1]


@given(tables.spells(), tables.arrivals())
def test_a_cut_panel_is_the_one_that_was_built_on_the_day(spells, arrivals):
    """Where every fact is recorded on the day it comes and nobody ends for another reason."""
    at_once = [(*s[:3], s[2], "churn") for s in spells]
    known = [(*a[:3], a[2]) for a in arrivals]
    cut = tables.FIRST + timedelta(170)
    late = Grid(tables.FIRST, cut, cut + timedelta(200), gap=10)
    early = Grid(tables.FIRST, cut, cut, gap=10)
    whole, then = (
        build(
            tables.as_spells(at_once),
            grid,
            arrivals=tables.as_arrivals(known),
            causes=tables.CAUSES,
        )
        for grid in (late, early)
    )
    split = origins_before(whole, cut, 1, gap=10)
    then = then.take(then.followed >= 1)
    assert split.account.tolist() == then.account.tolist()
    assert split.origin.tolist() == then.origin.tolist()
    np.testing.assert_array_equal(split.months, then.months)
    np.testing.assert_array_equal(split.followed, then.followed)
