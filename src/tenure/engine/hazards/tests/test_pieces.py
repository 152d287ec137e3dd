"""A matrix in pieces gives what the matrix gives."""

import numpy as np
import pytest

from tenure.engine.hazards.pieces import some, whole

DICE = np.random.default_rng(3)
MATRIX = DICE.normal(size=(9000, 7))
KEPT = (np.arange(9000) < 200) | (np.arange(9000) > 4000)
VALUES = DICE.normal(size=9000)


@pytest.mark.parametrize("kept", [np.ones(9000, dtype=bool), KEPT, DICE.random(9000) < 0.5])
def test_products_are_those_of_the_rows_that_are_kept(kept):
    pieces, rows, values = some(MATRIX, kept), MATRIX[kept], VALUES[kept]
    beta = np.arange(7.0)
    assert pieces.times(beta) == pytest.approx(rows @ beta)
    assert pieces.turned(values) == pytest.approx(rows.T @ values)
    assert pieces.squares(values) == pytest.approx(np.square(rows).T @ values, abs=1e-6)
    weighted = rows * values[:, None]
    assert pieces.gram(values) == pytest.approx(weighted.T @ weighted, rel=1e-4, abs=1e-2)


def test_rows_that_stand_together_are_not_copied():
    assert [view.base is MATRIX for view in some(MATRIX, KEPT).views] == [True, True]
    assert whole(MATRIX).views[0] is MATRIX
