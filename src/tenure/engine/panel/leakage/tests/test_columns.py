import numpy as np
import pytest

from tenure.engine.panel.leakage.columns import DATE, NUMBER, WORD, read


@pytest.mark.parametrize(
    ("raw", "kind", "first"),
    [
        ([1.5, np.nan], NUMBER, 1.5),
        ([True, False], NUMBER, 1.0),
        (["29.85", " "], NUMBER, 29.85),
        (["b", "a"], WORD, 1.0),
        (["1970-01-03", ""], DATE, 2.0),
        (["1970-01-03T10:00:00", "1970-01-04 23:59"], DATE, 2.0),
        (np.array(["1970-01-03", "NaT"], dtype="datetime64[s]"), DATE, 2.0),
        (np.array([None, "a"], dtype=object), WORD, np.nan),
        ([20250131, 20250201, 20250301], DATE, 20119.0),
        ([20250131, 20250299, 20251301], NUMBER, 20250131.0),
        ([1738281600, 1738368000, 1740787200], DATE, 20119.0),
        ([1738281600000, 1738368000000, 1740787200000], DATE, 20119.0),
        ([12, 7, 9], NUMBER, 12.0),
    ],
)
def test_columns_are_read_by_what_they_hold(raw, kind, first):
    column = read("x", raw)
    assert column.kind == kind
    np.testing.assert_equal(column.values[0], first)


def test_missing_values_share_the_last_code():
    assert read("x", [np.nan, 3.0, 1.0, np.nan]).code.tolist() == [2, 1, 0, 2]
