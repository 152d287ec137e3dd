"""Qini and uplift curves against examples counted by hand."""

import numpy as np
import pytest

from tenure.engine.uplift import auuc, qini, qini_curve, uplift_curve

OUTCOME = [1, 0, 1, 1, 0, 0]
TREATED = [1, 0, 1, 0, 1, 0]
SCORE = [6, 5, 4, 3, 2, 1]


def test_the_qini_curve_is_what_is_counted_by_hand():
    # passed:   1     2        3          4          5          6
    # Y1/N1:   1/1   1/1      2/2        2/2        2/3        2/3
    # Y0/N0:   0/0   0/1      0/1        1/2        1/2        1/3
    curve = qini_curve(OUTCOME, TREATED, SCORE)
    assert curve.rows.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert curve.added == pytest.approx([0, 1, 1, 2, 1, 0.5, 1])


def test_the_uplift_curve_is_what_is_counted_by_hand():
    curve = uplift_curve(OUTCOME, TREATED, SCORE)
    assert curve.added == pytest.approx([0, 1, 2, 3, 2, (2 / 3 - 1 / 2) * 5, (2 / 3 - 1 / 3) * 6])


def test_areas_are_those_of_the_trapezoids():
    # Q: halves 0.5 + 1 + 1.5 + 1.5 + 0.75 + 0.75 = 6; the line to (6, 1) covers 3.
    assert qini_curve(OUTCOME, TREATED, SCORE).area == pytest.approx((6 - 3) / 36)
    ends = 2 + 5 / 6 * 1
    assert auuc(OUTCOME, TREATED, SCORE) == pytest.approx(
        (0.5 + 1.5 + 2.5 + 2.5 + (2 + 5 / 6) / 2 + (5 / 6 + 2) / 2) / 36
    )
    assert ends == pytest.approx(2.8333, abs=1e-3)


def test_the_best_order_has_a_coefficient_of_one_and_its_reverse_less_than_nought():
    outcome, treated = np.array(OUTCOME), np.array(TREATED, dtype=bool)
    best = np.where(treated, outcome, -outcome)
    assert qini(outcome, treated, best) == pytest.approx(1.0)
    assert qini(outcome, treated, -best) < 0


def test_the_coefficient_is_what_is_counted_by_hand():
    # Best order: two treated with 1, then the treated and two untreated with 0, then the untreated
    # with 1: points 0, (2, 2), (5, 2), (6, 1): area 2 + 6 + 1.5 − 3 = 6.5.
    assert qini(OUTCOME, TREATED, SCORE) == pytest.approx(3 / 6.5)


def test_rows_of_equal_score_are_passed_together_in_whatever_order_they_stand():
    curve = qini_curve(OUTCOME, TREATED, [1] * 6)
    assert curve.rows.tolist() == [0, 6]
    assert curve.area == 0
    again = qini_curve(OUTCOME[::-1], TREATED[::-1], [1, 1, 1, 2, 2, 2])
    there = qini_curve(OUTCOME, TREATED, [2, 2, 2, 1, 1, 1])
    assert again.added == pytest.approx(there.added)


def test_a_curve_without_one_of_the_arms_is_refused():
    with pytest.raises(ValueError, match="treated and untreated"):
        qini_curve([1, 0], [1, 1], [1, 2])
    with pytest.raises(ValueError, match="one length"):
        auuc([1, 0], [1], [1, 2])
