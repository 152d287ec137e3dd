"""The plan of the week for leaders: what it says, planning anew, the pool, clients, settings."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django_tasks_db.models import DBTaskResult

from tenure.accounts.models import OwnerAssignment
from tenure.accounts.selectors import owner_of
from tenure.accounts.services import capacity_set
from tenure.advice.definitions import advice_definition, advice_save
from tenure.advice.models import Reason, Suggestion, WeekPlan
from tenure.advice.services import suggestion_dismiss
from tenure.advice.tests.world import MONDAY, NOW, at_stake, planned, play
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.relationship.models import Evaluation, Standing
from tenure.timeline.models import Touchpoint
from tenure.web.tasks import week_plan_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with clock.at(NOW):
        yield


@pytest.fixture
def csm(users):
    return users[Role.CSM]


def page(client):
    answer = client.get("/team/plan")
    assert answer.status_code == 200
    return answer.content.decode()


def client_of(name, owner=None, **values):
    """An account at the level client."""
    account = at_stake(name, owner=owner, **values)
    row = Evaluation.objects.create(
        account=account, as_of=NOW.date(), qualifies_as="client", level="client", clauses={},
        definition_version=1, computed_at=NOW,
    )  # fmt: skip
    Standing.objects.create(
        account=account, evaluation=row, level="client", since=NOW.date(), as_of=NOW.date()
    )
    return account


def test_it_tells_hours_prices_and_what_is_left_undone(csm, sign_in):
    for number in range(12):
        at_stake(f"A{number}", owner=csm, mrr=2000 + number)
    play("check-in", hours=2.0)
    row, _made = planned()
    text = page(sign_in(Role.LEADER))
    assert "14 of 14" in text
    assert "No hours are left: other accounts are worth more for each hour" in text
    assert "One more hour would keep about" in text
    assert "an assumption of the settings, as no costs are loaded" in text
    assert "assumed effect" in text
    assert "our own judgement" in text
    assert row.suggestions.count() == 7


def test_hours_left_over_and_reasons_of_dismissals_are_told(csm, sign_in):
    at_stake("Acme", owner=csm, mrr=3000)
    play("check-in", hours=2.0)
    _row, made = planned()
    suggestion_dismiss(actor=csm, suggestion=made["Acme"], reason="unfit")
    text = page(sign_in(Role.LEADER))
    assert "12 hours are left over: no worthwhile play waits for them." in text
    assert "it does not fit this account (1)" in text


def test_planning_anew_is_queued_once_and_done_by_the_worker(
    csm, users, sign_in, django_capture_on_commit_callbacks
):
    at_stake("Acme", owner=csm)
    play("check-in")
    client = sign_in(Role.LEADER)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/team/plan/anew")
    said = client.post("/team/plan/anew", follow=True).content.decode()
    assert "queued already" in said
    tasks = DBTaskResult.objects.filter(task_path="tenure.web.tasks.week_plan_run")
    assert tasks.count() == 1
    assert week_plan_run.func(users[Role.LEADER].pk) == "1 suggestions"
    assert WeekPlan.objects.get().made_by == users[Role.LEADER]
    assert AuditEntry.objects.filter(action="advice.request").count() == 1


def test_the_pool_is_given_out(csm, sign_in):
    at_stake("Free")
    play("check-in")
    planned()
    client = sign_in(Role.LEADER)
    assert "Give out in turn" in page(client)
    client.post("/team/plan/give-out")
    assert owner_of(Suggestion.objects.get().account) == csm
    assert "Give out in turn" not in page(client)


def test_a_play_that_is_not_on_can_be_ticked(csm, sign_in):
    at_stake("Acme", owner=csm)
    play("check-in", on=False)
    client = sign_in(Role.LEADER)
    assert "Plays that are not switched on" in page(client)
    client.post("/team/plan/suggest", {"play": ["check-in", "no-such"]})
    assert advice_definition().suggest == {"check-in"}
    client.post("/team/plan/suggest")
    assert advice_definition().suggest == frozenset()


def test_clients_without_a_success_manager_get_one_who_knows_them(csm, users, sign_in):
    leader = users[Role.LEADER]
    for person in (csm, leader):
        capacity_set(actor=None, person=person, hours=20, since=MONDAY)
    account = client_of("Acme")
    at_stake("Their customer", owner=leader)
    Touchpoint.objects.create(
        external_id="t", account=account, kind="call", direction="both", recorded_at=NOW,
        occurred_at=NOW - timedelta(days=9), csm_email=leader.email.upper(),
    )  # fmt: skip
    client = sign_in(Role.LEADER)
    text = page(client)
    assert "A client without a success manager." in text
    assert "Leader knows it: 1 touchpoint within a year." in text
    token = f"{account.pk}:0:{leader.pk}"
    assert token in text
    client.post("/team/rebalance/apply", {"move": token})
    assert owner_of(account) == leader


def test_clients_of_a_book_that_is_too_full_are_proposed_but_not_ticked(csm, users, sign_in):
    capacity_set(actor=None, person=csm, hours=1, since=MONDAY)
    capacity_set(actor=None, person=users[Role.LEADER], hours=40, since=MONDAY)
    account = client_of("Acme", owner=csm)
    for number in range(3):
        at_stake(f"A{number}", owner=csm)
    text = page(sign_in(Role.LEADER))
    token = f"{account.pk}:{csm.pk}:{users[Role.LEADER].pk}"
    assert f'value="{token}" aria-label="Acme">' in text
    assert "Success manager stands at" in text


def test_a_client_nobody_may_have_is_named(csm, sign_in):
    capacity_set(actor=None, person=csm, hours=20, since=MONDAY, languages=["en"])
    client_of("Acme", language="fr")
    assert "For these nobody with hours, language and country was found:" in page(
        sign_in(Role.LEADER)
    )


def test_before_the_first_plan_it_says_what_one_takes(sign_in):
    text = page(sign_in(Role.LEADER))
    assert "No plan for this week yet" in text or "No play takes hours yet" in text
    assert "Every client has a success manager with room" in text


def test_only_who_plans_the_team_opens_it(sign_in):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        assert client.get("/team/plan").status_code == 403
        for name in ("anew", "give-out", "suggest"):
            assert client.post(f"/team/plan/{name}").status_code == 403
    assert not OwnerAssignment.objects.exists()


def test_the_settings_keep_a_version_and_name_faults(sign_in):
    client = sign_in(Role.LEADER)
    given = {
        "hours_share": "80", "task_hours": "1", "rate": "", "usual_rate": "70", "enough": "40",
        "days_timing": "7", "days_already": "90", "days_unfit": "365", "days_small": "90",
        "days_wish": "365", "days_other": "60", "note": "Fewer meetings",
    }  # fmt: skip
    client.post("/settings/advice", given)
    now = advice_definition()
    assert (now.hours_share, now.rate, now.dismissed["timing"], now.version) == (0.8, None, 7, 1)
    answer = client.post("/settings/advice", {**given, "hours_share": "300"})
    assert answer.status_code == 422
    assert "hours_share must be a number" in answer.content.decode()
    assert sign_in(Role.CSM).get("/settings/advice").status_code == 403


def test_settings_keep_what_is_suggested(sign_in):
    advice_save(actor=None, body={"suggest": ["check-in"], "task_hours": 2})
    given = {
        "hours_share": "50", "task_hours": "1", "rate": "30", "usual_rate": "70", "enough": "40",
        **{f"days_{name}": "9" for name in Reason.values},
    }  # fmt: skip
    sign_in(Role.ADMIN).post("/settings/advice", given)
    assert advice_definition().suggest == {"check-in"}
    assert advice_definition().rate == 30
