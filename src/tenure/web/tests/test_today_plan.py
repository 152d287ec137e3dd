"""This week's plan on Today: what a card says, what each button does, and who may."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tenure.accounts.selectors import owner_of
from tenure.advice.definitions import advice_save
from tenure.advice.models import State, Suggestion
from tenure.advice.tests.world import MONDAY, NOW, at_stake, planned, play
from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import Run

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY + timedelta(days=4)
ACTS = ("accept", "edit", "dismiss", "snooze", "hand_over", "take", "reopen")
GIVEN = {
    "accept": {},
    "edit": {"hours": "3.5", "day": FRIDAY.isoformat()},
    "dismiss": {"reason": "unfit", "words": "Too small"},
    "snooze": {"until": FRIDAY.isoformat()},
}


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with clock.at(NOW):
        yield


@pytest.fixture
def made(users):
    at_stake("Acme", owner=users[Role.CSM], mrr=4000)
    at_stake("Theirs", owner=users[Role.LEADER], mrr=3000)
    at_stake("Free", mrr=2000)
    play("check-in", hours=2.0)
    return planned()[1]


def page(client, query=""):
    return client.get("/today" + query).content.decode()


def act(client, name, row, **data):
    return client.post(reverse(f"suggestion_{name}", args=[row.pk]), data, follow=True)


def test_a_card_says_what_why_at_what_stake_and_that_the_effect_is_assumed(made, sign_in):
    text = page(sign_in(Role.CSM))
    assert "This week's plan" in text or "This week&#x27;s plan" in text
    assert "Check In" in text
    assert "assumed effect" in text
    assert "That is assumed, not measured; it rests on: our own judgement." in text
    assert "At stake within a year: $10,800" in text or "10,800" in text
    assert "2 of 14 hours" in text
    assert "Theirs" not in text


def test_the_pool_is_shown_to_whoever_works_accounts(made, sign_in):
    assert "In the pool" in page(sign_in(Role.CSM))
    assert "In the pool" not in page(sign_in(Role.VIEWER))
    assert "Next in turn:" in page(sign_in(Role.CSM))


def test_leaders_see_everybodys_and_choose_one(made, users, sign_in):
    client = sign_in(Role.LEADER)
    text = page(client)
    assert "Acme" in text
    assert "Theirs" in text
    own = page(client, f"?owner={users[Role.CSM].pk}")
    assert f"plan-{made['Acme'].pk}" in own
    assert f"plan-{made['Theirs'].pk}" not in own
    pool = page(client, "?owner=none")
    assert f"plan-{made['Free'].pk}" in pool
    assert f"plan-{made['Acme'].pk}" not in pool


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("accept", State.ACCEPTED),
        ("edit", State.EDITED),
        ("dismiss", State.DISMISSED),
        ("snooze", State.SNOOZED),
    ],
)
def test_each_button_does_what_it_says(made, sign_in, name, state):
    response = act(sign_in(Role.CSM), name, made["Acme"], **GIVEN[name])
    assert response.status_code == 200
    row = Suggestion.objects.get(pk=made["Acme"].pk)
    assert row.state == state
    assert Run.objects.exists() == (name in {"accept", "edit"})
    if name == "edit":
        assert (row.hours, row.day) == (3.5, FRIDAY)


def test_in_place_the_plan_is_drawn_anew_and_can_be_taken_back(made, sign_in):
    client, row = sign_in(Role.CSM), made["Acme"]
    address = reverse("suggestion_dismiss", args=[row.pk])
    response = client.post(address, GIVEN["dismiss"], headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text
    assert "Dismissed; it is not suggested again for Acme for a time." in text
    assert reverse("suggestion_reopen", args=[row.pk]) in text
    act(client, "reopen", row)
    row.refresh_from_db()
    assert row.state == State.OPEN


def test_a_fault_is_told_and_changes_nothing(made, sign_in):
    client, row = sign_in(Role.CSM), made["Acme"]
    for name, data, said in (
        ("edit", {"hours": "many"}, "Write hours as a number"),
        ("dismiss", {"reason": "x"}, "Say why"),
        ("snooze", {"until": "2026-03-01"}, "Choose a day to come"),
        ("hand_over", {"person": "x"}, "Choose to whom it goes"),
    ):
        assert said in act(client, name, row, **data).content.decode()
    row.refresh_from_db()
    assert row.state == State.OPEN


def test_handing_over_goes_to_who_sees_the_account(made, users, sign_in):
    leader = users[Role.LEADER]
    act(sign_in(Role.CSM), "hand_over", made["Acme"], person=leader.pk)
    row = Suggestion.objects.get(pk=made["Acme"].pk)
    assert (row.state, row.person) == (State.HANDED_OVER, leader)
    assert f"plan-{row.pk}" not in page(sign_in(Role.CSM))
    assert f"plan-{row.pk}" in page(sign_in(Role.LEADER), f"?owner={leader.pk}")


def test_only_who_may_have_an_account_is_offered_for_handing_it_over(made, users, sign_in):
    text, option = page(sign_in(Role.LEADER)), f'<option value="{users[Role.CSM].pk}">'
    own, free = (text.index(f"plan-{made[name].pk}") for name in ("Theirs", "Free"))
    assert option not in text[own : text.index("In the pool")]
    assert option in text[free:]


def test_taking_from_the_pool(made, users, sign_in):
    text = act(sign_in(Role.CSM), "take", made["Free"]).content.decode()
    assert "is in your book now." in text
    assert owner_of(made["Free"].account) == users[Role.CSM]
    client = Client()
    client.force_login(user_create(actor=None, email="second@example.com", role=Role.CSM))
    for name in ("take", "accept"):
        said = act(client, name, made["Free"]).content.decode()
        assert f"{users[Role.CSM]} has taken this account meanwhile." in said
    assert owner_of(made["Free"].account) == users[Role.CSM]


def test_who_does_not_work_accounts_or_sees_another_book_does_nothing(made, sign_in):
    for name in ACTS:
        address = reverse(f"suggestion_{name}", args=[made["Theirs"].pk])
        assert sign_in(Role.VIEWER).post(address).status_code == 403
        assert sign_in(Role.CSM).post(address).status_code == 404
        assert Client().post(address).status_code == 302
        assert sign_in(Role.CSM).get(address).status_code == 405
    assert not Suggestion.objects.exclude(state=State.OPEN).exists()


def test_what_was_passed_over_is_named_only_to_who_sees_it(users, sign_in):
    csm = users[Role.CSM]
    for number in range(9):
        at_stake(f"Own {number}", owner=csm, mrr=3000 + number)
    at_stake("Hidden")
    play("check-in", hours=2.0)
    planned()
    text = page(sign_in(Role.CSM))
    assert "Passed over for it: Own" in text
    assert "Hidden" not in text.replace("visually-hidden", "")


def test_without_a_plan_it_says_what_one_takes(sign_in):
    assert "There is no plan for this week yet" in page(sign_in(Role.CSM))


def test_a_filter_on_kinds_leaves_the_plan_out(made, sign_in):
    assert "today-plan" not in page(sign_in(Role.CSM), "?only=task")


def test_many_suggestions_are_cut_and_shown_on_request(users, sign_in):
    advice_save(actor=None, body={"hours_share": 1.0})
    for number in range(12):
        at_stake(f"Own {number}", owner=users[Role.CSM], mrr=3000 + number)
    play("check-in", hours=1.0)
    planned()
    client = sign_in(Role.CSM)
    assert "4 more suggestions" in page(client)
    assert page(client, "?plan=all").count("data-key-dismiss") == 12


def test_the_number_of_queries_does_not_grow_with_the_plan(
    users, sign_in, django_assert_max_num_queries
):
    for number in range(7):
        at_stake(f"Own {number}", owner=users[Role.CSM], mrr=3000 + number)
    play("check-in", hours=1.0)
    planned()
    client = sign_in(Role.CSM)
    page(client)
    with django_assert_max_num_queries(75) as counted:
        page(client)
    assert len([q for q in counted if "advice_suggestion" in q["sql"]]) <= 4


def test_the_plan_speaks_german(made, users, sign_in):
    users[Role.CSM].language = "de"
    users[Role.CSM].save()
    client = sign_in(Role.CSM)
    client.cookies["django_language"] = "de"
    text = page(client)
    assert "Plan dieser Woche" in text
    assert "angenommene Wirkung" in text
    assert "Annehmen" in text
