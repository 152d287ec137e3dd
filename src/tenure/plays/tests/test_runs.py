"""Starting, stopping and approving by people: who may, and what is refused."""

from datetime import timedelta

import pytest

from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.plays.models import Approval, DoNotDisturb, Run
from tenure.plays.services import play_switch_off
from tenure.plays.services.runs import approval_decide, run_start_by_hand, run_stop
from tenure.plays.tests.going import NOW, account, at_nine, go, play, run, told, user

__all__ = ["at_nine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
ASK = {"approve": {"question": "A discount?", "role": "leader", "days": 2}}
STATE = Run.State


def start(actor, of, key="rescue", **more):
    return run_start_by_hand(actor=actor, key=key, account=of, **more)


def asked(*steps, **parts):
    """A run of Ann's account that asks for an approval."""
    ann = user("ann")
    going = go(run(account(owner=ann), play(*(steps or (ASK,)), **parts)))
    return ann, going, Approval.objects.get()


def decide(actor, approval, yes=True):
    return approval_decide(actor=actor, approval=approval, yes=yes, note=" fine ")


def test_whoever_works_an_account_starts_a_play_for_it():
    ann = user("ann")
    acme, on = account(owner=ann), play({"wait": {"days": 1}})
    made = start(ann, acme, because={"suggestion": 7})
    assert (made.version, made.started_by, made.held_out) == (on.running, ann, None)
    assert made.because == {"kind": "manual", "suggestion": 7}
    assert go(made).waits_for == "time"
    assert AuditEntry.objects.get(action="run.start").actor == ann


@pytest.mark.parametrize("who", ["other book", "viewer"])
def test_nobody_else_starts_or_stops_one(who):
    ann = user("ann")
    acme = account(owner=ann)
    play({"wait": {"days": 1}})
    stranger = user("bob", Role.CSM if who == "other book" else Role.VIEWER)
    with pytest.raises(NotAllowed):
        start(stranger, acme)
    made = start(ann, acme)
    with pytest.raises(NotAllowed):
        run_stop(actor=stranger, run=made, reason="No")
    assert Run.objects.get().state == STATE.ACTIVE


@pytest.mark.parametrize("why", ["off", "unknown", "has it", "peace"])
def test_a_start_that_makes_no_sense_is_refused_in_a_sentence(why):
    acme = account()
    play({"wait": {"days": 1}})
    if why == "off":
        play_switch_off(actor=None, key="rescue")
    if why == "has it":
        start(None, acme)
    if why == "peace":
        DoNotDisturb.objects.create(account=acme, since=NOW, recorded_at=NOW)
    with pytest.raises(TenureError) as refused:
        start(None, acme, "unknown" if why == "unknown" else "rescue")
    assert str(refused.value).endswith(".")
    assert Run.objects.count() == (why == "has it")


def test_a_run_is_stopped_once_and_with_a_reason():
    going = go(run(account(), play({"wait": {"days": 1}})))
    with pytest.raises(TenureError):
        run_stop(actor=None, run=going, reason=" ")
    assert run_stop(actor=None, run=going, reason="a\nb").ended_why == "a b"
    assert run_stop(actor=None, run=going, reason="again").ended_why == "a b"
    assert go(going, days=2).state == STATE.STOPPED
    assert AuditEntry.objects.filter(action="run.stop").count() == 1


@pytest.mark.parametrize(
    ("yes", "outcome", "state"),
    [(True, "approve yes", STATE.DONE), (False, "approve refused", STATE.STOPPED)],
)
@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMIN])
def test_a_leader_or_an_administrator_decides(yes, outcome, state, role):
    _ann, going, approval = asked()
    lead = user("lead", role)
    row = decide(lead, approval, yes)
    assert (row.decided_by, row.note) == (lead, "fine")
    assert (go(going).state, told(going)) == (state, [outcome])


@pytest.mark.parametrize("who", ["owner", "other book", "viewer"])
def test_nobody_with_another_role_decides(who):
    ann, going, approval = asked()
    actor = {
        "owner": ann,
        "other book": user("bob"),
        "viewer": user("vera", Role.VIEWER),
    }[who]
    with pytest.raises(NotAllowed):
        decide(actor, approval)
    assert (go(going, days=1).state, Approval.objects.get().decision) == (STATE.ACTIVE, "open")


def test_what_asks_for_an_administrator_is_not_a_leaders():
    _ann, _going, approval = asked({"approve": {"question": "?", "role": "admin"}})
    with pytest.raises(NotAllowed):
        decide(user("lead", Role.LEADER), approval)
    assert decide(user("root", Role.ADMIN), approval).decision == "yes"


def test_editing_a_running_play_changes_nothing_of_what_is_asked():
    ann, going, approval = asked({"approve": {"question": "?", "role": "admin"}})
    play({"set": {"field": "mood", "to": "hot"}})
    assert go(going, days=1).state == STATE.ACTIVE
    for actor in (ann, user("lead", Role.LEADER)):
        with pytest.raises(NotAllowed):
            decide(actor, approval)
    assert (approval.role, go(going, days=1).version) == ("admin", 1)
    assert told(go(going, days=3)) == ["approve timeout"]
    assert going.state == STATE.STOPPED


@pytest.mark.parametrize("why", ["decided", "too late", "stopped"])
def test_a_decision_is_made_once_and_in_time(why):
    _ann, going, approval = asked()
    lead = user("lead", Role.LEADER)
    if why == "decided":
        decide(lead, approval, yes=False)
    if why == "stopped":
        run_stop(actor=None, run=going, reason="They left")
    with clock.at(NOW + timedelta(days=2 if why == "too late" else 1)), pytest.raises(TenureError):
        decide(lead, approval)
    assert Approval.objects.get().decision == ("no" if why == "decided" else "open")
