"""Scores, explanations and what moved them: by hand and as identities."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import health
from tenure.engine.health import Bands, Cause, Group, Measure, Scorecard

UP = ((0.0, 0.0), (10.0, 100.0))


def card(*groups, minimum=0.5, version=1):
    return Scorecard("standard", version, groups, Bands(70, 40), minimum)


USE = Group("use", 60, (Measure("days", 2, UP, "events"), Measure("breadth", 1, UP, "events")))
CARE = Group("care", 40, (Measure("pulse", 1, ((0.0, 0.0), (100.0, 100.0)), "pulse"),))


def explained(scorecard, raw):
    """An evaluated account as it is stored and read back."""
    done = health.evaluate(scorecard, np.array([raw], dtype=float))
    value = None if np.isnan(done.value[0]) else float(done.value[0])
    rows = [
        (m.key, *(None if math.isnan(x) else float(x) for x in (raw[i], done.points[0, i])), share)
        for i, (m, share) in enumerate(
            zip(scorecard.measures(), scorecard.shares().tolist(), strict=True)
        )
    ]
    return health.explain(value, rows)


def test_a_score_by_hand():
    # days 8 -> 80 (share 0.4), breadth 5 -> 50 (0.2), pulse 90 -> 90 (0.4): 32 + 10 + 36 = 78.
    done = health.evaluate(card(USE, CARE), np.array([[8.0, 5.0, 90.0]]))
    assert done.value[0] == pytest.approx(78.0)
    assert done.contributions[0].tolist() == pytest.approx([32.0, 10.0, 36.0])
    assert health.BANDS[done.band[0]] == "good"


def test_a_missing_measure_drops_out_and_the_weights_renormalise():
    # Without the pulse: (0.4*80 + 0.2*50)/0.6 = 70.
    done = health.evaluate(card(USE, CARE), np.array([[8.0, 5.0, np.nan]]))
    assert done.value[0] == pytest.approx(70.0)
    assert done.coverage[0] == pytest.approx(0.6)


def test_too_little_coverage_is_unknown_not_a_score():
    done = health.evaluate(card(USE, CARE), np.array([[np.nan, np.nan, 90.0], [np.nan] * 3]))
    assert np.isnan(done.value).all()
    assert [health.BANDS[b] for b in done.band] == ["unknown", "unknown"]


def test_a_map_may_have_several_knots_and_fall():
    falling = ((0.0, 100.0), (7.0, 80.0), (30.0, 0.0))
    points = health.mapped([-1.0, 3.5, 7.0, 18.5, 99.0, np.nan], falling)
    assert points[:5].tolist() == pytest.approx([100.0, 90.0, 80.0, 40.0, 0.0])
    assert np.isnan(points[5])


def test_bands_begin_at_their_thresholds():
    bands = health.band_of(np.array([0.0, 39.9, 40.0, 69.9, 70.0, np.nan]), Bands(70, 40))
    assert [health.BANDS[b] for b in bands] == ["poor", "poor", "fair", "fair", "good", "unknown"]


def test_an_account_is_measured_against_its_own_past():
    z = health.own_baseline(np.array([[10.0, 12.0] * 13 + [5.0]]))
    # Median 11, MAD 1: the scale is 1.4826 + 0.55.
    assert z[0, 26] == pytest.approx((5 - 11) / (1.4826 + 0.55), abs=1e-6)
    assert np.isnan(z[0, :8]).all()


def test_an_even_past_does_not_make_a_small_step_infinite():
    assert abs(health.own_baseline(np.array([[10.0] * 26 + [10.5]]))[0, -1]) == pytest.approx(1.0)


def test_what_moved_by_hand():
    a, b = explained(card(USE, CARE), [8.0, 5.0, 90.0]), explained(card(USE, CARE), [4.0, 5.0, 90])
    moved = health.what_moved(a, b)
    assert moved.parts == (health.Part(Cause.VALUE, "days", pytest.approx(-16.0)),)


def test_losing_a_poor_measure_raises_the_score_and_is_told_as_coverage():
    scorecard = card(USE, CARE)
    moved = health.what_moved(
        explained(scorecard, [8.0, 5.0, 10.0]), explained(scorecard, [8.0, 5.0, math.nan])
    )
    # 0.4 of the weight leaves 70 - 10 = 60 points below: +24.
    assert moved.parts == (health.Part(Cause.COVERAGE, "pulse", pytest.approx(24.0)),)


def test_a_new_weight_is_told_as_weight_and_a_new_map_as_rule():
    heavier = Group("care", 60, CARE.measures)
    steeper = Group("care", 60, (Measure("pulse", 1, ((50.0, 0.0), (100.0, 100.0)), "pulse"),))
    a = explained(card(USE, CARE), [8.0, 5.0, 90.0])
    b = explained(card(USE, heavier, version=2), [8.0, 5.0, 90.0])
    assert {p.cause for p in health.what_moved(a, b).parts} == {Cause.WEIGHT}
    new = card(USE, steeper, version=3)
    knots = {m.key: m.knots for m in new.measures()}
    remap = lambda key, raw: float(health.mapped(raw, knots[key]))  # noqa: E731
    moved = health.what_moved(b, explained(new, [8.0, 5.0, 90.0]), remap)
    assert [(p.cause, p.measure) for p in moved.parts] == [(Cause.RULE, "pulse")]


def test_from_unknown_the_parts_build_up_the_whole_score():
    scorecard = card(USE, CARE)
    moved = health.what_moved(
        explained(scorecard, [math.nan] * 3), explained(scorecard, [8.0, 5.0, 90.0])
    )
    assert moved.before is None
    assert {p.cause for p in moved.parts} == {Cause.COVERAGE}
    assert sum(p.amount for p in moved.parts) == pytest.approx(78.0)


raw_values = st.one_of(st.just(math.nan), st.floats(-50, 150))
weight = st.floats(0.1, 50)


@st.composite
def scorecards(draw, keys=("a", "b", "c", "d", "e")):
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=5, unique=True))
    cut = draw(st.integers(0, len(chosen) - 1))
    groups = []
    for name, part in (("one", chosen[:cut]), ("two", chosen[cut:])):
        measures = []
        for key in part:
            xs = draw(st.lists(st.integers(-50, 150), min_size=2, max_size=4, unique=True))
            ys = draw(st.lists(st.floats(0, 100), min_size=len(xs), max_size=len(xs)))
            measures.append(Measure(key, draw(weight), tuple(zip(map(float, xs), ys)), "s"))  # noqa: B905
        if measures:
            groups.append(Group(name, draw(weight), tuple(measures)))
    return card(*groups, minimum=draw(st.sampled_from([0.0, 0.3, 0.6])))


@settings(deadline=None)
@given(scorecards(), st.data())
def test_contributions_sum_to_the_score(scorecard, data):
    k = len(list(scorecard.measures()))
    raw = data.draw(st.lists(st.lists(raw_values, min_size=k, max_size=k), min_size=1, max_size=4))
    done = health.evaluate(scorecard, np.array(raw))
    known = ~np.isnan(done.value)
    assert np.allclose(done.contributions.sum(axis=1)[known], done.value[known], atol=1e-9, rtol=0)
    assert ((done.value[known] >= 0) & (done.value[known] <= 100 + 1e-9)).all()
    for row in raw:
        shown = explained(scorecard, row)
        if shown.value is not None:
            assert sum(line.contribution for line in shown.lines) == pytest.approx(
                shown.value, abs=1e-9
            )


@settings(deadline=None)
@given(scorecards(), scorecards(), st.data(), st.booleans())
def test_the_parts_of_a_change_sum_to_the_change(first, second, data, same):
    second = first if same else second
    raws = {end: {k: data.draw(raw_values) for k in "abcde"} for end in ("before", "after")}
    before = explained(first, [raws["before"][m.key] for m in first.measures()])
    after = explained(second, [raws["after"][m.key] for m in second.measures()])
    knots = {m.key: m.knots for m in second.measures()}
    remap = None if same else (lambda key, raw: float(health.mapped(raw, knots[key])))
    moved = health.what_moved(before, after, remap)
    assert sum(p.amount for p in moved.parts) == pytest.approx(moved.change, abs=1e-9)
    if same:
        assert moved.total(Cause.RULE) == 0
        assert moved.total(Cause.WEIGHT) == pytest.approx(0, abs=1e-9)


@settings(deadline=None)
@given(scorecards(), st.data())
def test_nothing_changed_moves_nothing(scorecard, data):
    raw = [data.draw(raw_values) for _ in scorecard.measures()]
    assert health.what_moved(explained(scorecard, raw), explained(scorecard, raw)).parts == ()
