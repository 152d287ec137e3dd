import numpy as np
import pytest

from tenure.engine.hazards import Settings
from tenure.engine.hazards.base import count, fit_base
from tenure.engine.hazards.curves import uncensored
from tenure.engine.hazards.folds import divide
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.periods import at_risk, expand, sample
from tenure.engine.hazards.tests.companies import months, spells
from tenure.engine.panel import CHURN, EXPANSION, Panel
from tenure.engine.sbg import Prior


def ground(panel, cause=CHURN, horizons=6):
    risk = at_risk(panel, cause, horizons)
    return Ground(panel, cause, horizons, risk, expand(panel, risk, horizons), Settings())


def four():
    """Churns in month 3; expands in 2 and churns in 3; churns in 2; followed for one month."""
    return Panel(
        account=np.arange(4),
        origin=np.full(4, np.datetime64("2025-01-01", "D")),
        features=np.zeros((4, 0)),
        names=(),
        causes=(CHURN, EXPANSION),
        months=np.array([[3, 0], [3, 2], [2, 0], [0, 0]]),
        followed=np.array([6, 6, 6, 1]),
        ahead=np.zeros((4, 6, 0)),
    )


def test_churn_ends_the_time_at_risk_of_every_cause():
    churn, grow = (at_risk(four(), cause, 6) for cause in (CHURN, EXPANSION))
    assert churn.end.tolist() == [3, 3, 2, 1]
    assert churn.came.tolist() == [True, True, True, False]
    assert grow.end.tolist() == [3, 2, 2, 1]
    assert grow.came.tolist() == [False, True, False, False]


def test_what_comes_after_the_last_month_ahead_has_not_come():
    churn = at_risk(four(), CHURN, 2)
    assert churn.end.tolist() == [2, 2, 2, 1]
    assert churn.came.tolist() == [False, False, True, False]


def test_stretches_hold_every_month_at_risk_once():
    panel = months(80, seed=2)
    risk = at_risk(panel, CHURN, 6)
    periods = expand(panel, risk, 6)
    assert periods.weight.sum() == risk.end.sum()
    assert (periods.weight * periods.came).sum() == risk.came.sum()
    hit = periods.came > 0
    due = panel.ahead[periods.row[hit], periods.month[hit] - 1, 0]
    end = panel.months[periods.row[hit], 0]
    assert (due == panel.ahead[periods.row[hit], end - 1, 0]).all()


def test_a_sample_keeps_arrivals_and_the_months_of_the_rest():
    panel = months(3000, seed=2)
    risk = at_risk(panel, CHURN, 6)
    every = expand(panel, risk, 6)
    some = sample(every, len(every) // 2, np.random.default_rng(0))
    assert len(some) < 0.6 * len(every)
    assert (some.came * some.weight).sum() == risk.came.sum()
    assert some.weight.sum() == pytest.approx(every.weight.sum(), rel=0.02)


def test_no_account_and_no_month_is_learnt_from_and_forecast_at_once():
    task = ground(months(400, seed=6, origins=8))
    folds = divide(task)
    assert folds.blocks == 3
    forecast = np.zeros(len(task.periods), dtype=int)
    for learn, rest in folds.cells():
        assert not set(task.account[learn]) & set(task.account[rest])
        assert not set(task.calendar[learn]) & set(task.calendar[rest])
        forecast += rest
    assert (forecast == 1).all()


def test_one_origin_is_divided_by_account_alone():
    folds = divide(ground(spells(300, seed=1)[0]))
    assert folds.blocks == 1
    assert len(list(folds.cells())) == 5


def test_the_base_rate_goes_on_at_the_last_known_level():
    # Origins over two years; the hazard doubles from 4 to 8 % in the last eight months.
    rng = np.random.default_rng(3)
    origin = np.repeat(np.arange(24), 400)
    calendar = origin[:, None] + np.arange(3)[None, :]
    came = rng.random((origin.size, 3)) < np.where(calendar >= 16, 0.08, 0.04)
    came &= calendar < 24
    first = np.where(came.any(axis=1), came.argmax(axis=1) + 1, 0)
    start = np.datetime64("2023-01", "M")
    panel = Panel(
        account=np.arange(origin.size),
        origin=(start + origin).astype("datetime64[D]"),
        features=np.zeros((origin.size, 0)),
        names=(),
        causes=(CHURN,),
        months=first[:, None],
        followed=np.minimum(24 - origin, 3),
        ahead=np.zeros((origin.size, 3, 0)),
    )
    base = fit_base(count(panel, at_risk(panel, CHURN, 3), 3), Prior(churn=0.02), 3)
    month = int(start.astype(int))
    assert base.steps[1] > 0
    later = 1 / (1 + np.exp(-base.log_odds(np.array([month + 30]), np.array([1, 2, 3]))))
    before = 1 / (1 + np.exp(-base.log_odds(np.array([month + 8]), np.array([1, 2, 3]))))
    assert later == pytest.approx(0.08, rel=0.15)
    assert before == pytest.approx(0.04, rel=0.15)
    assert (np.diff(base.drifted(np.array([month + 24]), 3)[0]) > 0).all()
    assert (base.drifted(np.array([month + 8]), 3) == 0).all()


def test_the_chance_of_being_followed_so_long_is_the_product_limit():
    # By hand: of 4, one is only followed 1 month; of the 3 then left none is censored by month 6.
    free = uncensored(at_risk(four(), CHURN, 6), 6)
    assert free.tolist() == pytest.approx([1.0, 1.0, 0.75, 0.75, 0.75, 0.75, 0.75])
