"""From dated levels to monthly steps and to the empirical transition matrix."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import states
from tenure.engine.states import CLIENT, CUSTOMER, FORMER, OUT_OF_SIGHT, PROSPECT, Histories

ONE = Histories.of(
    account=[0, 0, 0, 1, 1],
    state=[PROSPECT, CUSTOMER, FORMER, CUSTOMER, CLIENT],
    since=["2024-01-01", "2024-02-15", "2024-04-01", "2024-02-20", "2024-03-05"],
    until="2024-05-02",
    accounts=2,
)


def test_a_month_shows_the_state_in_force_on_its_first_day():
    grid = states.month_grid(ONE)
    assert grid.tolist() == [
        [PROSPECT, PROSPECT, CUSTOMER, FORMER, FORMER],
        [-1, -1, CUSTOMER, CLIENT, CLIENT],
    ]


def test_steps_are_counted_by_segment_while_both_ends_are_seen():
    counts = states.monthly_counts(ONE, group=[1, 0], groups=2)
    assert counts.sum() == 6
    assert counts[1, PROSPECT].tolist() == [1, 1, 0, 0, 0]
    assert counts[1, CUSTOMER, FORMER] == 1
    assert counts[0, CUSTOMER, CLIENT] == 1
    assert states.monthly_counts(ONE, last_months=1).sum() == 2


def test_an_account_out_of_sight_counts_until_then_and_not_as_gone():
    told = Histories.of(
        [0, 0], [CUSTOMER, OUT_OF_SIGHT], ["2024-01-01", "2024-03-10"], "2024-08-01", 1
    )
    counts = states.monthly_counts(told)[0]
    assert counts[CUSTOMER].tolist() == [0, 2, 0, 0, 0]
    assert counts.sum() == 2


changes = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-1, 4), st.integers(0, 300)), max_size=25
)


@settings(deadline=None, max_examples=40)
@given(changes, st.integers(1, 320))
def test_the_grid_says_what_reading_day_by_day_says(rows, length):
    start = date(2023, 1, 17)
    told = Histories.of(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [start + timedelta(days=row[2]) for row in rows],
        start + timedelta(days=length),
        4,
    )
    counts = np.zeros((5, 5))
    firsts = [date(2023 + m // 12, m % 12 + 1, 1) for m in range(1, 14)]
    for account in range(4):
        seen = [_on(rows, account, day, start, length) for day in firsts]
        for before, after in pairwise(seen):
            if before >= 0 and after >= 0:
                counts[before, after] += 1
    assert (states.monthly_counts(told)[0] == counts).all()


def _on(rows, account, day, start, length):
    """The state on one day: that of the last change up to it, the later given on ties."""
    offset = (day - start).days
    own = [r for r in rows if r[0] == account and r[2] <= offset and r[2] < length]
    if offset >= length or not own:
        return -1
    newest = max(r[2] for r in own)
    return next(r[1] for r in reversed(own) if r[2] == newest)


def test_without_censoring_the_empirical_matrix_is_the_shares():
    draw = np.random.default_rng(2)
    n = 300
    bought, left = draw.integers(1, 40, n), draw.integers(41, 90, n)
    day = np.datetime64("2024-01-01")
    told = Histories.of(
        np.tile(np.arange(n), 3),
        np.repeat([PROSPECT, CUSTOMER, FORMER], n),
        np.concatenate([np.full(n, day), day + bought, day + left]),
        "2024-06-01",
        n,
    )
    found = states.aalen_johansen(told, [0, 20, 60, 100])[:, PROSPECT]
    for row, at in zip(found, [0, 20, 60, 100], strict=True):
        shares = [(bought > at).mean(), ((bought <= at) & (left > at)).mean(), (left <= at).mean()]
        assert row[[PROSPECT, CUSTOMER, FORMER]] == pytest.approx(shares, abs=1e-12)


def test_with_two_states_the_empirical_matrix_is_the_kaplan_meier_estimate():
    """Stays 2, 3+, 5, 5+, 8 days: S = 4/5 after 2, 4/5 · 2/3 after 5, 0 after 8."""
    day = np.datetime64("2024-01-01")
    told = Histories.of(
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
        [CUSTOMER, FORMER, CUSTOMER, -1, CUSTOMER, FORMER, CUSTOMER, -1, CUSTOMER, FORMER],
        [day, day + 2, day, day + 3, day, day + 5, day, day + 5, day, day + 8],
        "2024-03-01",
        5,
    )
    stays = states.aalen_johansen(told, [1, 2, 4, 5, 7, 8])[:, CUSTOMER, CUSTOMER]
    assert stays == pytest.approx([1, 0.8, 0.8, 0.8 * 2 / 3, 0.8 * 2 / 3, 0])


def test_nobody_at_all_gives_no_steps_and_the_identity():
    told = Histories.of([], [], np.array([], dtype="datetime64[D]"), "2024-03-01", 0)
    assert states.monthly_counts(told).sum() == 0
    assert (states.aalen_johansen(told, [10])[0] == np.eye(5)).all()


@pytest.mark.parametrize(
    ("account", "state", "since"),
    [(5, 0, "2024-01-01"), (0, 7, "2024-01-01"), (0, 0, "NaT"), (0, -2, "2024-01-01")],
)
def test_a_history_that_cannot_be_is_refused(account, state, since):
    with pytest.raises(ValueError):
        Histories.of([account], [state], [since], "2024-03-01", 1)
