"""The backtest of every cause: on the same dates, beside the base rate, of those it may come to."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from tenure.engine.panel import Panel
from tenure.forecast import selectors
from tenure.forecast.definitions import parse
from tenure.forecast.services.backtest import backtest_rows
from tenure.forecast.services.methods import at_risk, base_chance, rivals
from tenure.forecast.services.replays import replay
from tenure.forecast.tests.company import QUICK, company, train

pytestmark = pytest.mark.once

DAYS = [f"2024-{month:02}-01" for month in range(1, 11)]
LAST = date(2024, 9, 1)


def history(accounts=60, seed=0):
    """Monthly rows of accounts: use foretells leaving, room foretells growing; some are clients."""
    draw = np.random.default_rng(seed)
    n = accounts * len(DAYS)
    account = np.repeat(np.arange(accounts), len(DAYS))
    origin = np.tile(np.array(DAYS, dtype="datetime64[D]"), accounts)
    use, room = draw.normal(0, 1, (2, n))
    client = (draw.random(n) < 0.3).astype(float)
    months = np.stack(
        [_first(draw, 0.04 * np.exp(-use)), _first(draw, 0.05 * np.exp(room)),
         np.where(client > 0, 0, _first(draw, np.full(n, 0.06)))],
        axis=1,
    )  # fmt: skip
    months[(months[:, 0] > 0)[:, None] & (months > months[:, :1])] = 0
    ahead = np.zeros((n, 6, 1))
    return Panel(
        account=account, origin=origin, features=np.stack([use, room, client], axis=1),
        names=("use", "room", "client"), causes=("churn", "expansion", "client"), months=months,
        followed=np.full(n, 6), ahead=ahead, ahead_names=("renewals",),
    )  # fmt: skip


def _first(draw, rate):
    """The month of six in which it first comes at a monthly rate, 0: in none."""
    came = draw.random((rate.size, 6)) < np.minimum(rate, 0.9)[:, None]
    return np.where(came.any(axis=1), came.argmax(axis=1) + 1, 0)


@cache
def replayed():
    found = history()
    definition = parse({**QUICK, "horizons": 6, "backtest_horizon": 3})
    known = found.take(found.origin <= np.datetime64(LAST))
    return replay(known, LAST, definition), found, definition


@cache
def results():
    past, found, definition = replayed()
    return tuple(backtest_rows([past], found, definition))


@pytest.fixture
def told(db):
    """Made once: the directions of features are all that is read of the database."""
    return results()


def pooled(told, cause, horizon=3):
    return {
        row.method: row
        for row in told
        if (row.cause, row.horizon, row.origin, row.segment) == (cause, horizon, None, "")
    }


def test_every_cause_is_tried_on_the_same_date_beside_the_base_rate(told):
    for cause in ("churn", "expansion", "client"):
        assert {"forecast", "base_rate", "logistic"} <= set(pooled(told, cause))
        assert {row.origin for row in told if row.cause == cause} == {None, LAST}
    assert pooled(told, "expansion")["forecast"].rows == 60
    assert pooled(told, "expansion")["forecast"].metrics["auc"][0] > 0.6
    low, high = pooled(told, "expansion")["forecast"].metrics["log_loss"][1:]
    assert low < pooled(told, "expansion")["forecast"].metrics["log_loss"][0] < high


def test_only_churn_is_put_beside_the_health_score_and_a_last_visit(told):
    assert not {"health", "last_seen"} & set(pooled(told, "expansion"))


def test_test_dates_are_told_for_the_logistic_model_too(told):
    for cause in ("churn", "expansion"):
        dated = {row.method for row in told if row.cause == cause and row.origin == LAST}
        assert {"forecast", "logistic", "base_rate"} <= dated


def test_a_segment_is_told_with_its_calibration_and_its_lift(told):
    past, found, definition = replayed()
    large = (found.account % 2 == 0).astype(float)[:, None]
    now = replace(
        found,
        features=np.hstack([found.features, large]),
        names=(*found.names, "segment=large"),
    )
    rows = [row for row in backtest_rows([past], now, definition) if row.segment]
    assert {row.segment for row in rows} == {"large"}
    assert {row.method for row in rows if row.cause == "expansion"} >= {"forecast", "base_rate"}
    for row in rows:
        assert row.rows == sum(one["rows"] for one in row.bins)
        assert row.rows <= pooled(told, row.cause)[row.method].rows
    (growth,) = (r for r in rows if (r.cause, r.method) == ("expansion", "forecast"))
    assert growth.lift[-1] == {"share": 1.0, "found": 1.0}
    assert growth.rows == 30


def test_who_is_a_client_is_not_asked_whether_it_becomes_one(told):
    found = history()
    here = found.take(found.origin == np.datetime64(LAST))
    assert pooled(told, "client")["forecast"].rows == int((here.features[:, 2] == 0).sum())
    assert at_risk(here, "churn").all()
    assert (at_risk(here, "client") == (here.features[:, 2] != 1)).all()


def test_what_came_is_the_cause_itself_and_not_churn(told):
    found = history()
    here = found.take(found.origin == np.datetime64(LAST))
    came = (here.months[:, 1] > 0) & (here.months[:, 1] <= 3)
    assert pooled(told, "expansion")["forecast"].events == int(came.sum())


def test_the_base_rate_counts_that_who_has_left_cannot_grow():
    n = 4000
    churned = np.where(np.arange(n) % 2, 1, 0)
    grown = np.where((np.arange(n) % 4) == 0, 2, 0)
    found = Panel(
        account=np.arange(n), origin=np.full(n, np.datetime64("2024-01-01")),
        features=np.zeros((n, 1)), names=("a",), causes=("churn", "expansion"),
        months=np.stack([churned, grown], axis=1), followed=np.full(n, 2),
        ahead=np.zeros((n, 2, 0)),
    )  # fmt: skip
    alone, leaving = 1001 / (2000 + 2000 + 2000 + 50), 2001 / (2000 + 4000 + 50)
    stays = (1 - alone) * (1 - leaving)
    assert base_chance(found, 2, "expansion") == pytest.approx(alone * (1 + stays))
    assert base_chance(found, 2) == pytest.approx(1 - (1 - leaving) ** 2)


def test_too_few_events_leave_the_base_rate_alone():
    found = history(accounts=4)
    told = rivals(found, found, 3, found.names, "expansion")
    assert set(told) == {"base_rate", "logistic"}
    none = found.take(found.months[:, 1] == 0)
    assert rivals(none, none, 3, none.names, "expansion")["logistic"] is None


@pytest.mark.django_db
def test_a_cause_that_hardly_came_is_stored_and_called_too_few():
    company(stay=14, leave=14)
    run = train()
    told = selectors.backtests(run, "contraction")
    assert told.causes == ("churn", "contraction", "expansion")
    assert (told.events, told.too_few) == (0, True)
    assert {row.cause for row in told.pooled} == {"contraction"}
    assert told.of("base_rate").metrics["actual"] == [0.0, None, None]
    assert run.metrics["forecast"]["events"] == selectors.backtests(run).events
