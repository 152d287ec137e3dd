"""The second opinion on an account's Health tab."""

import pytest

from tenure.core.roles import Role
from tenure.web.account.opinion import name_of
from tenure.web.tests.evidence import opinion_make
from tenure.web.tests.factories import account_make, ago

pytestmark = pytest.mark.django_db


def test_the_likeliest_state_is_said_and_every_state_described(sign_in):
    account = account_make("Acme")
    opinion_make(account)
    answer = sign_in(Role.LEADER).get(f"/accounts/{account.pk}/health")
    text = answer.content.decode()
    found = answer.context["opinion"]
    assert found.sentence == (
        "Of 3 states the likeliest is the closest relationship, with 70\N{NO-BREAK SPACE}%."
    )
    assert [state.likeliest for state in found.states] == [True, False, False]
    assert found.states[0].looks.endswith(
        "80\N{NO-BREAK SPACE}%, speaks to us in 90\N{NO-BREAK SPACE}% of months"
    )
    assert "fitted to 320 accounts" in text


def test_a_past_day_shows_the_reading_of_then(sign_in):
    account = account_make("Acme", recorded=ago(400))
    opinion_make(account, (0.9, 0.1), days=90)
    opinion_make(account, (0.2, 0.8), days=2)
    client = sign_in(Role.LEADER)
    then = client.get(f"/accounts/{account.pk}/health?on={ago(60).date()}").context["opinion"]
    assert "the loosest relationship" in then.sentence
    before = client.get(f"/accounts/{account.pk}/health?on={ago(120).date()}")
    assert before.context["opinion"] is None


def test_without_a_model_the_card_is_not_there(sign_in):
    account = account_make("Acme")
    text = sign_in(Role.LEADER).get(f"/accounts/{account.pk}/health").content.decode()
    assert "A second opinion" not in text


@pytest.mark.parametrize(
    ("states", "names"),
    [
        (2, ["the loosest relationship", "the closest relationship"]),
        (4, ["the loosest relationship", "in between, step 1", "in between, step 2",
             "the closest relationship"]),
    ],
)  # fmt: skip
def test_states_are_named_by_their_place(states, names):
    assert [name_of(i, states) for i in range(states)] == names
