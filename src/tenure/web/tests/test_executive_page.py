"""The sheet for executives: its numbers are those of the other pages, and who may see it."""

from decimal import Decimal

import pytest
from django.core.cache import cache

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.roles import Role
from tenure.forecast.models import RenewalCall
from tenure.forecast.selectors import predictions_of
from tenure.web.models import Renewal
from tenure.web.renewals.quarters import quarters
from tenure.web.tests.everything import everything_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def sheet(client, query=""):
    answer = client.get(f"/executive{query}")
    assert answer.status_code == 200
    return answer.context["sheet"]


def test_every_number_is_the_one_of_its_own_page(sign_in, users):
    everything_make(users)
    client = sign_in(Role.VIEWER)
    told = sheet(client)
    retention = client.get("/retention?period=quarter").context["shown"].cards
    assert told.bridge.waterfall == retention.bridge.waterfall
    assert told.year == retention.monthly.year
    assert told.renewals == client.get("/renewals").context["chosen"]
    ladder = client.get("/ladder").context
    rungs = {rung.level: rung.accounts for rung in ladder["rungs"]}
    assert all(rungs[level] == n for level, n in told.levels)
    assert told.moves == ladder["quarters"][0]


@pytest.mark.parametrize("place", [0, 1])
def test_start_and_movements_add_up_to_the_end(sign_in, users, place):
    everything_make(users)
    client = sign_in(Role.LEADER)
    known = client.get("/executive").context["known"]
    answer = client.get(f"/executive?quarter={known[place].first.isoformat()}")
    assert answer.context["quarter"] == known[place]
    fall = answer.context["sheet"].bridge.waterfall
    gained = fall.new + fall.reactivation + fall.expansion
    assert fall.mrr_start + gained - fall.contraction - fall.churn == fall.mrr_end > Decimal(0)


def test_the_largest_stakes_come_first_with_a_reason(sign_in, users):
    everything_make(users)
    risks = sheet(sign_in(Role.ADMIN)).risks
    assert [r.at_stake for r in risks] == sorted((r.at_stake for r in risks), reverse=True)
    assert risks
    assert all(r.at_stake == pytest.approx(r.mrr * r.leaves) for r in risks)
    assert any(r.reason for r in risks)
    every = predictions_of(Account.objects.all())
    stakes = sorted((one.at_stake or 0.0 for one in every), reverse=True)
    assert [r.at_stake for r in risks] == pytest.approx(stakes[: len(risks)])


def test_a_call_is_seen_at_once_and_all_else_is_kept(sign_in, users, django_assert_max_num_queries):
    account = everything_make(users)
    running = quarters(clock.today())[1]
    renewal = Renewal.objects.create(
        account=account, quarter=running.first, renews_on=clock.today(), monthly=False, term=12,
        mrr=100.0, renew=0.9, made_at=clock.now(),
    )  # fmt: skip
    client = sign_in(Role.LEADER)
    before = sheet(client)
    with django_assert_max_num_queries(25):
        assert sheet(client).renewals == before.renewals
    RenewalCall.objects.create(
        account=account, renews_on=renewal.renews_on, call="lost", author=users[Role.LEADER],
        made_at=clock.now(),
    )  # fmt: skip
    assert sheet(client).renewals.calls.count == before.renewals.calls.count + 1


def test_a_success_manager_does_not_see_the_whole_company(sign_in):
    assert sign_in(Role.CSM).get("/executive").status_code == 403


def test_with_nothing_there_it_says_what_to_load(sign_in):
    answer = sign_in(Role.VIEWER).get("/executive?quarter=nonsense")
    assert answer.status_code == 200
    assert "No revenue is known yet" in answer.content.decode()
    assert any("No forecast" in doubt for doubt in answer.context["sheet"].doubts)
