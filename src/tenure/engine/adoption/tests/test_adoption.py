"""Funnels, coming back and differences, against loops written by hand and a published table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.adoption import cohorts_of, comeback, curve, difference, funnel, steps_of
from tenure.engine.retention import share_interval

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 2)), max_size=40)


def walks(events, steps, window, again):
    """Every walk there is of one unit's events: lists of times, by trying all of them."""
    found = [[at] for at, step in events if step == 0]
    every = list(found)
    for k in range(1, steps):
        found = [
            [*walk, at]
            for walk in found
            for at, step in events
            if step == k
            and (at > walk[-1] if again[k] else at >= walk[-1])
            and at - walk[0] <= window
        ]
        every += found
    return every


@settings(max_examples=300, deadline=None)
@given(rows, st.integers(0, 20), st.sampled_from([(False,) * 3, (False, True, True)]))
def test_a_funnel_finds_the_furthest_of_all_walks(events, window, again):
    columns = np.array(events, dtype=np.int64).reshape(-1, 3).T
    found = funnel(*columns, 3, window, again)
    by_unit = {}
    for unit, at, step in events:
        by_unit.setdefault(unit, []).append((at, step))
    oracle = {u: walks(e, 3, window, again) for u, e in by_unit.items()}
    oracle = {u: w for u, w in oracle.items() if w}
    assert found.unit.tolist() == sorted(oracle)
    for unit, reached, gaps in zip(found.unit, found.reached, found.gaps, strict=True):
        deepest = max(len(walk) for walk in oracle[unit])
        assert reached == deepest
        best = [walk for walk in oracle[unit] if len(walk) == deepest]
        earliest = min(walk[-1] for walk in best)
        # Led back to the newest step before, each time.
        walk = max((w for w in best if w[-1] == earliest), key=lambda w: w[::-1])
        want = np.diff(walk).tolist() + [-1] * (3 - deepest)
        assert gaps.tolist() == want


def test_numbers_too_large_to_pack_are_sorted_all_the_same():
    unit = np.array([2**40, 1, 2**40, 1], dtype=np.int64)
    at = np.array([5, 2**50, 9, 3], dtype=np.int64)
    found = funnel(unit, at, np.array([0, 1, 1, 0]), 2, 10, (False, False))
    assert found.unit.tolist() == [1, 2**40]
    assert found.reached.tolist() == [1, 2]


def test_steps_count_shares_medians_and_who_still_has_time():
    unit = np.array([1, 1, 2, 2, 3, 4], dtype=np.int64)
    at = np.array([0, 4, 10, 18, 90, 5], dtype=np.int64)
    found = funnel(unit, at, np.array([0, 1, 0, 1, 0, 0]), 2, 20, (False, False))
    first, second = steps_of(found, np.ones(4, dtype=bool), 20, 100)
    assert (first.units, first.share, first.kept, first.waiting) == (4, 1.0, None, 1)
    assert (second.units, second.share, second.kept, second.median) == (2, 0.5, 0.5, 6.0)


def test_a_funnel_of_nothing_is_empty():
    none = np.empty(0, dtype=np.int64)
    found = funnel(none, none, none, 3, 10, (False,) * 3)
    assert [s.units for s in steps_of(found, np.empty(0, dtype=bool), 10, 0)] == [0, 0, 0]


def test_newcombes_published_difference():
    # Newcombe 1998, table II, case (a): 56/70 against 48/80, method 10, 95 %: 0.0524 to 0.3339.
    # Coverage is 90 % here; among=2 makes each 95 %.
    found = difference(56, 70, 48, 80, among=2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.clear
    assert found.value == pytest.approx(0.2)


def test_no_difference_without_a_group():
    assert difference(0, 0, 1, 2) is None
    assert not difference(1, 2, 1, 2).clear


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(pairs, st.integers(0, 12))
def test_coming_back_counts_as_a_loop_does(seen, closed):
    began = {}
    for unit, period in seen:
        began[unit] = min(period, began.get(unit, period))
    units = np.array(sorted(began), dtype=np.int64)
    cohort = np.array([began[u] for u in sorted(began)], dtype=np.int64)
    matrix = np.array([[(u, p) in seen for p in range(13)] for u in units], dtype=bool)
    found = comeback(matrix.reshape(-1, 13), 0, units // 2, cohort, 6, closed)
    told = {c.start: c for c in cohorts_of(found)}
    assert set(told) == {period for period in began.values() if period <= closed}
    for start, one in told.items():
        members = [u for u, p in began.items() if p == start]
        assert one.units == len(members)
        for age, count in enumerate(one.active):
            if start + age > closed:
                assert count == -1
            else:
                assert count == sum((u, start + age) in seen for u in members)
    for age, point in enumerate(curve(found, np.ones(len(units), dtype=bool), clustered=False)):
        old = [u for u, p in began.items() if p + age <= closed]
        if not old:
            assert point is None
            continue
        part = sum((u, began[u] + age) in seen for u in old)
        ends = share_interval(part, len(old))
        assert (point.active, point.units) == (part, len(old))
        assert (point.low, point.high) == (ends.low, ends.high)


def test_people_of_few_accounts_have_a_wider_interval_than_as_many_accounts():
    units = np.arange(40, dtype=np.int64)
    account = units // 10
    active = account % 2 == 0
    found = comeback(active[:, None], 0, account, np.zeros(40, dtype=np.int64), 1, 3)
    everybody = np.ones(40, dtype=bool)
    (alone,), (together,) = (curve(found, everybody, clustered=c) for c in (False, True))
    assert together.high - together.low > 2 * (alone.high - alone.low)
