import numpy as np
import pytest

from tenure.engine.panel import Panel, spell_panel


def three() -> Panel:
    """One that churned in month 3, one that expanded in month 2, one followed for a month."""
    return Panel(
        account=np.array([7, 8, 9]),
        origin=np.full(3, np.datetime64("2025-01-01", "D")),
        features=np.arange(6.0).reshape(3, 2),
        names=("a", "b"),
        causes=("churn", "expansion"),
        months=np.array([[3, 0], [0, 2], [0, 0]]),
        followed=np.array([12, 12, 1]),
        ahead=np.zeros((3, 4, 0)),
    )


def test_a_label_is_unknown_until_its_window_is_closed():
    assert three().label("churn", 2).tolist()[:2] == [0.0, 0.0]
    assert np.isnan(three().label("churn", 2)[2])
    assert three().label("churn", 1)[2] == 0.0


def test_who_has_left_does_not_expand_later():
    assert three().label("expansion", 12).tolist()[:2] == [0.0, 1.0]


def test_rows_and_features_can_be_taken():
    part = three().take([2, 0]).only(["b"])
    assert part.account.tolist() == [9, 7]
    assert part.features.tolist() == [[5.0], [1.0]]


def test_parts_that_do_not_fit_are_refused_by_name():
    with pytest.raises(ValueError, match="features is"):
        spell_panel([1, 2], [True, False], np.zeros((2, 3)), ["only"])


def test_a_survival_table_becomes_a_panel():
    panel = spell_panel([5, 9], [True, False], [[1.0], [2.0]], ["x"])
    assert panel.months.tolist() == [[5], [0]]
    assert panel.horizons == 9
    assert panel.label("churn", 9).tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="from 1 on"):
        spell_panel([0], [True], [[1.0]], ["x"])
