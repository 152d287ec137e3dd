"""What would lower a risk, how steady reasons are, and between what other chances lie."""

import numpy as np
import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.engine.panel import Panel
from tenure.forecast import selectors
from tenure.forecast.drivers import better_ways
from tenure.forecast.models import Prediction
from tenure.forecast.selectors.predictions import ranges_of
from tenure.forecast.services import forecast_predict
from tenure.forecast.services.predicting import Oracle, predict_day
from tenure.forecast.services.reach import Reach
from tenure.forecast.tests.company import company, train
from tenure.health.tests.world import TODAY

DAY = "2025-06-01"
STORED = ("lowers", "ranges", "drivers")


def rows(seats, people, **more):
    """Rows of accounts with so many seats and active people, all of one day."""
    columns = {"seats": seats, "active_people": people, **more}
    n = len(seats)
    return Panel(
        account=np.arange(n),
        origin=np.full(n, np.datetime64(DAY)),
        features=np.array([np.asarray(c, dtype=float) for c in columns.values()]).T,
        names=tuple(columns),
        causes=("churn",),
        months=np.zeros((n, 1), dtype=np.int64),
        followed=np.zeros(n, dtype=np.int64),
        ahead=np.zeros((n, 1, 0)),
    )


def reach(better=1, goals=(3.0, 8.0, 20.0, 9.0)):
    """Bands up to 5, up to 15 and above; goals of active people in each."""
    return Reach("seats", (5.0, 15.0), {"active_people": better}, {"active_people": goals})


def goals(panel, found=None, then=None):
    (move,) = (found or reach()).moves(panel.names, panel, then or {})
    return move.goal.tolist()


@pytest.mark.django_db
def test_goals_are_better_quartiles_of_accounts_of_the_same_size():
    seats = np.repeat([4.0, 10.0, 40.0], 40)
    people = np.concatenate([np.arange(40) % 4, np.arange(40) % 10, np.arange(40)])
    found = Reach.of(rows(seats, people), ["active_people", "seats"])
    assert found.size == "seats"
    assert found.edges == (10.0, 10.0)
    assert set(found.goals) == {"active_people"}
    small, _, large, every = found.goals["active_people"]
    assert every == np.quantile(people, 0.75, method="nearest")
    assert large == np.quantile(np.arange(40), 0.75, method="nearest")
    assert small == np.quantile(people[:80], 0.75, method="nearest")
    assert Reach.read(found.plain()) == found


def test_a_goal_is_the_better_of_its_own_past_and_of_its_size():
    panel = rows([4, 10, 40, np.nan], [1, 2, 5, 1])
    assert goals(panel) == [3.0, 8.0, 20.0, 9.0]
    then = {"active_people": np.array([2.0, 9.0, np.nan, np.nan])}
    assert goals(panel, then=then)[:3] == [3.0, 9.0, 20.0]


def test_nobody_is_sent_beyond_the_seats_or_to_something_worse():
    then = {"active_people": np.array([9.0, 1.0])}
    first, second = goals(rows([4, 10], [1, 9]), then=then)
    assert first == 4.0
    assert np.isnan(second)


def test_what_is_not_known_is_not_moved():
    assert np.isnan(goals(rows([4], [np.nan]))).all()


def test_where_less_is_wanted_the_lower_value_is_the_goal():
    panel = rows([10.0, 10.0], [6.0, 2.0])
    first, second = goals(panel, reach(better=-1, goals=(1.0, 3.0, 5.0, 3.0)))
    assert first == 3.0
    assert np.isnan(second)


def test_a_change_of_three_months_moves_along_with_its_feature():
    panel = rows([10], [2], **{"active_people.change_3": [-3]})
    (move,) = reach().moves(panel.names, panel, {})
    assert move.along == ("active_people.change_3",)
    (move,) = reach().moves(("active_people",), panel, {})
    assert move.along == ()


def test_age_calendar_contract_kind_and_opinion_are_no_levers():
    features = [
        "tenure_months", "paid_months", "renewals_done", "client", "calendar_month", "tier",
        "top_tier", "term", "mrr", "auto_renews", "seats", "idle_seats", "segment=SMB",
        "industry=Retail", "employees", "pulse", "health_coverage", "people_with_say_left_180d",
        "usage_trend", "usage_vs_baseline", "health.change_3", "support_tickets_90d",
    ]  # fmt: skip
    metrics = {"seats": None, "idle_seats": False, "usage_trend": True, "usage_vs_baseline": True}
    assert better_ways(features, metrics) == {}
    wanted = better_ways(
        ["active_people", "days_since_active", "health", "health_usage", "contact_days", "mine"],
        {"active_people": True, "days_since_active": False, "mine": True},
    )
    assert wanted == {
        "active_people": 1, "days_since_active": -1, "health": 1, "health_usage": 1,
        "contact_days": -1, "mine": 1,
    }  # fmt: skip


def again(run):
    """Account → what the stored model says of it once more."""
    with clock.at(TODAY):
        return {
            account: [values[name] for name in STORED]
            for _, found in predict_day(Oracle.of(run), TODAY.date())
            for account, values in found
        }


@pytest.mark.django_db
def test_a_prediction_keeps_what_would_lower_it_how_steady_it_is_and_other_chances_ranges(
    django_assert_max_num_queries,
):
    owners = company(stay=20, leave=28)
    run = train(replays=0)
    with clock.at(TODAY):
        forecast_predict(run=run)
        with django_assert_max_num_queries(3):  # names of reasons take one of them
            said = selectors.prediction_current(owners[0])
        known = ranges_of(Account.objects.filter(pk=owners[0].pk), "expansion")
    rows = list(Prediction.objects.filter(run=run))
    assert again(run) == {row.account_id: [getattr(row, name) for name in STORED] for row in rows}
    assert any(row.lowers for row in rows)
    for row in rows:
        lowers_hold(row, run.parameters["reach"]["better"])
    shares = {driver["steady"] for row in rows for driver in row.drivers}
    assert 1.0 in shares
    assert shares <= {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}
    assert [reason.steady for reason in said.reasons] == [d["steady"] for d in said.row.drivers]
    assert known == {owners[0].pk: said.ranges["expansion"]}
    for cause, chances in said.incidence.items():
        low, high = said.ranges[cause]
        assert low < chances[min(12, len(chances)) - 1] < high


def lowers_hold(row, better):
    """Best first, one a driver, lower than the risk, the wanted way, inside their intervals."""
    chances = [lower["chance"] for lower in row.lowers]
    assert chances == sorted(chances)
    assert len({lower["name"] for lower in row.lowers}) == len(chances)
    for lower in row.lowers:
        assert lower["chance"] <= 1.0 - row.stay - 0.005 + 1e-6
        assert lower["low"] < lower["chance"] < lower["high"]
        assert better[lower["feature"]] * (lower["goal"] - lower["now"]) > 0


@pytest.mark.django_db
def test_without_resamples_and_for_older_runs_nothing_is_claimed():
    owners = company(stay=8, leave=8)
    run = train(replays=0, resamples=0)
    run.parameters.pop("reach")
    run.save()
    with clock.at(TODAY):
        forecast_predict(run=run)
        said = selectors.prediction_current(owners[0])
    assert said.lowers is None
    assert all(reason.steady is None for reason in said.reasons)
