"""Two people who answer one suggestion at the same moment: one of them does."""

import pytest

from tenure.accounts.models import OwnerAssignment
from tenure.advice.models import State
from tenure.advice.services import suggestion_accept, suggestion_dismiss, suggestion_take
from tenure.advice.tests.world import NOW, at_stake, person, planned, play
from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.models import Run
from tenure.plays.tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def whats(row):
    return list(row.changes.order_by("pk").values_list("what", flat=True))


def test_a_suggestion_that_two_accept_begins_once():
    ann, lead = person("ann", hours=12), person("lead", Role.LEADER)
    at_stake("Acme", owner=ann)
    play("check-in")
    row = planned()[1]["Acme"]
    acts = [lambda who=who: suggestion_accept(actor=who, suggestion=row) for who in (ann, lead)]
    assert at_once(*acts) == 0
    assert Run.objects.count() == 1
    assert whats(row) == ["made", "accepted"]


def test_of_accepting_and_dismissing_one_counts():
    ann, lead = person("ann", hours=12), person("lead", Role.LEADER)
    at_stake("Acme", owner=ann)
    play("check-in")
    row = planned()[1]["Acme"]
    refused = at_once(
        lambda: suggestion_accept(actor=ann, suggestion=row),
        lambda: suggestion_dismiss(actor=lead, suggestion=row, reason="unfit"),
    )
    row.refresh_from_db()
    assert refused == 1
    assert Run.objects.count() == (row.state == State.ACCEPTED)
    assert len(whats(row)) == 2


def test_an_account_of_the_pool_goes_to_one():
    ann, ben = person("ann", hours=12), person("ben", hours=12)
    account = at_stake("Free")
    play("check-in")
    row = planned()[1]["Free"]
    acts = [lambda who=who: suggestion_take(actor=who, suggestion=row) for who in (ann, ben)]
    assert at_once(*acts) == 1
    row.refresh_from_db()
    assert OwnerAssignment.objects.get(account=account).owner == row.person
    assert whats(row) == ["made", "taken"]
