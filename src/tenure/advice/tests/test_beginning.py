"""What a suggestion begins is the play as it is on now, counted as any other start."""

import pytest

from tenure.accounts.selectors import owner_of
from tenure.advice.models import State
from tenure.advice.services import suggestion_accept, suggestion_edit, suggestion_hand_over
from tenure.advice.tests.world import NOW, at_stake, person, planned, play
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Role
from tenure.plays.models import Play, PlayCount, Run, Task
from tenure.plays.running.stepping import advance
from tenure.plays.services import play_switch_off, play_switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.fixture
def ann():
    return person("ann", hours=12)


def waiting(row):
    """A run that met the trigger and waits."""
    return Run.objects.create(
        play=Play.objects.get(), version=1, account=row.account, met_at=NOW,
        because={"kind": "risk"},
    )  # fmt: skip


@pytest.mark.parametrize("automatic", [False, True])
def test_what_waited_begins_with_the_version_that_is_on_and_is_counted(ann, automatic):
    at_stake("Acme", owner=ann)
    play("check-in", automatic=automatic)
    row = planned()[1]["Acme"]
    run = waiting(row)
    play("check-in", hours=3.0, automatic=automatic)
    suggestion_edit(actor=ann, suggestion=row, hours=1.5)
    run.refresh_from_db()
    assert (run.state, run.version, run.started_by) == (Run.State.ACTIVE, 2, ann)
    assert (run.because["kind"], run.because["hours"]) == ("risk", 1.5)
    assert PlayCount.objects.get(what="started").count == 1
    advance()
    assert Task.objects.get().hours == 1.5


def test_a_play_that_was_switched_off_meanwhile_lets_nobody_begin(ann):
    at_stake("Acme", owner=ann)
    play("check-in")
    row = planned()[1]["Acme"]
    run = waiting(row)
    play_switch_off(actor=None, key="check-in")
    suggestion_accept(actor=ann, suggestion=row)
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED
    assert Task.objects.get().title == "Check In"
    play_switch_on(actor=None, key="check-in")


def test_no_account_of_the_pool_becomes_that_of_a_viewer():
    person("ben", hours=12)
    lead, viewer = person("lead", Role.LEADER), person("viewer", Role.VIEWER)
    account = at_stake("Acme")
    play("check-in")
    row = planned()[1]["Acme"]
    assert row.pooled
    for act in (suggestion_edit, suggestion_hand_over):
        with pytest.raises(TenureError, match="works accounts"):
            act(actor=lead, suggestion=row, person=viewer)
    row.refresh_from_db()
    assert (row.state, row.pooled, owner_of(account)) == (State.OPEN, True, None)
