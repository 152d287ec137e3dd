"""What becomes of a suggestion: every way, once, by who may, with its change and its audit row."""

from datetime import timedelta

import pytest

from tenure.accounts.models import OwnerAssignment
from tenure.accounts.selectors import owner_of
from tenure.advice.definitions import advice_save
from tenure.advice.models import State, Suggestion, SuggestionChange
from tenure.advice.selectors import decisions_lately
from tenure.advice.services import (
    pool_give_out,
    suggestion_accept,
    suggestion_dismiss,
    suggestion_edit,
    suggestion_hand_over,
    suggestion_reopen,
    suggestion_snooze,
    suggestion_take,
    turns,
)
from tenure.advice.tests.world import MONDAY, NOW, at_stake, person, planned, play
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.plays.models import DoNotDisturb, Play, Run, Task
from tenure.plays.running.stepping import advance

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.fixture
def ann():
    return person("ann", hours=12)


@pytest.fixture
def suggestion(ann):
    at_stake("Acme", owner=ann)
    play("check-in")
    return planned()[1]["Acme"]


def whats(of):
    return list(of.changes.order_by("pk").values_list("what", flat=True))


def audited(what):
    return AuditEntry.objects.filter(action=f"suggestion.{what}").count()


def test_accepting_starts_the_play_once(ann, suggestion):
    for _twice in range(2):
        row = suggestion_accept(actor=ann, suggestion=suggestion)
    run = Run.objects.get()
    assert (run.state, run.version, run.started_by) == (Run.State.ACTIVE, 1, ann)
    assert run.because["suggestion"] == row.pk
    assert run.because["person"] == ann.pk
    assert (row.state, row.run, row.decided_by) == (State.ACCEPTED, run, ann)
    assert whats(row) == ["made", "accepted"]
    assert audited("accepted") == 1


def test_accepting_lets_begin_what_waited_for_somebody(ann, suggestion):
    waiting = Run.objects.create(
        play=Play.objects.get(), version=1, account=suggestion.account, met_at=NOW,
        because={"kind": "risk"},
    )  # fmt: skip
    row = suggestion_accept(actor=ann, suggestion=suggestion)
    waiting.refresh_from_db()
    assert (row.run, waiting.state, waiting.started_by) == (waiting, Run.State.ACTIVE, ann)
    assert waiting.because["kind"] == "risk"


def test_a_play_that_is_not_on_becomes_a_task(ann):
    at_stake("Acme", owner=ann)
    play("check-in", on=False)
    advice_save(actor=None, body={"suggest": ["check-in"]})
    row = suggestion_accept(actor=ann, suggestion=planned()[1]["Acme"])
    task = Task.objects.get()
    assert (row.task, row.run) == (task, None)
    assert (task.title, task.owner, task.hours, task.source) == ("Check In", ann, 2.0, "advice")
    assert task.checklist == [["Call Acme", False]]


def test_what_cannot_begin_leaves_the_suggestion_open(ann, suggestion):
    DoNotDisturb.objects.create(account=suggestion.account, since=NOW, recorded_at=NOW)
    with pytest.raises(TenureError):
        suggestion_accept(actor=ann, suggestion=suggestion)
    suggestion.refresh_from_db()
    assert suggestion.state == State.OPEN
    assert not Run.objects.exists()


def test_editing_accepts_with_other_hours_on_another_day_by_another_person(ann, suggestion):
    leader = person("leader", Role.LEADER)
    row = suggestion_edit(actor=ann, suggestion=suggestion, hours=3.5, day=FRIDAY, person=leader)
    assert (row.state, row.hours, row.day, row.person) == (State.EDITED, 3.5, FRIDAY, leader)
    asked = Run.objects.get().because
    assert (asked["hours"], asked["day"]) == (3.5, FRIDAY.isoformat())
    assert asked["person"] == leader.pk
    assert whats(row) == ["made", "edited"]
    assert audited("edited") == 1


@pytest.mark.parametrize(
    "given", [{"hours": 0}, {"hours": 81}, {"hours": float("nan")}, {"day": MONDAY}]
)
def test_an_edit_that_makes_no_sense_changes_nothing(ann, suggestion, given):
    with pytest.raises(TenureError):
        suggestion_edit(actor=ann, suggestion=suggestion, **given)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.hours) == (State.OPEN, 2.0)


def test_dismissing_asks_for_a_reason_and_is_reported(ann, suggestion):
    with pytest.raises(TenureError):
        suggestion_dismiss(actor=ann, suggestion=suggestion, reason="because")
    for _twice in range(2):
        row = suggestion_dismiss(
            actor=ann, suggestion=suggestion, reason="unfit", words=" Too \x00small "
        )
    assert (row.state, row.reason, row.words) == (State.DISMISSED, "unfit", "Too small")
    assert whats(row) == ["made", "dismissed"]
    found = decisions_lately()[0]
    assert (found.play, found.share, found.reasons) == ("check-in", 1.0, {"unfit": 1})
    with pytest.raises(TenureError):
        suggestion_accept(actor=ann, suggestion=suggestion)


def test_snoozing_and_reopening(ann, suggestion):
    with pytest.raises(TenureError):
        suggestion_snooze(actor=ann, suggestion=suggestion, until=NOW.date())
    row = suggestion_snooze(actor=ann, suggestion=suggestion, until=FRIDAY)
    assert (row.state, row.snoozed_until) == (State.SNOOZED, FRIDAY)
    row = suggestion_reopen(actor=ann, suggestion=suggestion)
    assert (row.state, row.snoozed_until) == (State.OPEN, None)
    suggestion_dismiss(actor=ann, suggestion=suggestion, reason="timing")
    row = suggestion_reopen(actor=ann, suggestion=suggestion)
    assert (row.state, row.reason, row.decided_by) == (State.OPEN, "", None)
    assert whats(row) == ["made", "snoozed", "reopened", "dismissed", "reopened"]
    suggestion_accept(actor=ann, suggestion=suggestion)
    with pytest.raises(TenureError):
        suggestion_reopen(actor=ann, suggestion=suggestion)


def test_what_was_dismissed_is_not_reopened_beside_another(ann, suggestion):
    suggestion_dismiss(actor=ann, suggestion=suggestion, reason="timing")
    play("workshop")
    assert planned()[1]["Acme"].play == "workshop"
    with pytest.raises(TenureError):
        suggestion_reopen(actor=ann, suggestion=suggestion)


def test_handing_over_needs_somebody_who_sees_the_account(ann, suggestion):
    leader, ben = person("leader", Role.LEADER), person("ben")
    viewer = person("viewer", Role.VIEWER)
    for nobody in (ben, viewer):
        with pytest.raises(TenureError):
            suggestion_hand_over(actor=ann, suggestion=suggestion, person=nobody)
    row = suggestion_hand_over(actor=ann, suggestion=suggestion, person=leader)
    assert (row.state, row.person) == (State.HANDED_OVER, leader)
    assert whats(suggestion_hand_over(actor=ann, suggestion=row, person=leader)) == [
        "made", "handed_over",
    ]  # fmt: skip
    assert planned()[1] == {}  # it stays with the leader, planned anew or not


def test_others_decide_nothing(suggestion):
    ben, viewer = person("ben"), person("viewer", Role.VIEWER)
    for actor in (ben, viewer):
        for act, given in (
            (suggestion_accept, {}),
            (suggestion_edit, {"hours": 1.0}),
            (suggestion_dismiss, {"reason": "timing"}),
            (suggestion_snooze, {"until": FRIDAY}),
            (suggestion_hand_over, {"person": actor}),
            (suggestion_reopen, {}),
            (suggestion_take, {}),
        ):
            with pytest.raises(NotAllowed):
                act(actor=actor, suggestion=suggestion, **given)
    suggestion.refresh_from_db()
    assert suggestion.state == State.OPEN
    assert whats(suggestion) == ["made"]


def test_taking_from_the_pool_makes_the_account_ones_own(ann):
    ben = person("ben", hours=12)
    account = at_stake("Free")
    play("check-in")
    row = planned()[1]["Free"]
    assert row.pooled
    suggestion_take(actor=ben, suggestion=row)
    assert owner_of(account) == ben
    with pytest.raises(NotAllowed):
        suggestion_take(actor=ann, suggestion=row)
    row.refresh_from_db()
    assert (row.state, row.person, row.pooled) == (State.OPEN, ben, False)
    assert whats(row) == ["made", "taken"]


def test_accepting_from_the_pool_takes_it_too(ann):
    account = at_stake("Free")
    play("check-in")
    row = suggestion_accept(actor=ann, suggestion=planned()[1]["Free"])
    assert owner_of(account) == ann
    assert (row.state, row.person) == (State.ACCEPTED, ann)
    assert whats(row) == ["made", "taken", "accepted"]


def test_the_pool_is_given_out_in_turn_within_hours_and_languages(ann):
    ben, leader = person("ben", hours=12, languages=["en"]), person("leader", Role.LEADER)
    for number in range(6):
        at_stake(f"Free {number}", mrr=1000 + number)
    german = at_stake("German", mrr=9000, language="de")
    play("check-in", hours=1.5)
    planned()
    with pytest.raises(NotAllowed):
        pool_give_out(actor=ann)
    given = pool_give_out(actor=leader)
    assert {one.account.name: one.person for one in given}["German"] == ann
    assert OwnerAssignment.objects.get(account=german, until=None).owner == ann
    names = [one.person.name for one in given]
    assert names == ["Ann", "Ben", "Ann", "Ben", "Ann", "Ben", "Ann"]
    assert all(turn.hours <= 6 for turn in turns())
    assert not Suggestion.objects.filter(pooled=True, state=State.OPEN).exists()
    assert SuggestionChange.objects.filter(what="given").count() == 7
    assert turns()[0].person == ben  # had less for the same hours


def test_a_leader_hands_over_from_the_pool(ann):
    leader = person("leader", Role.LEADER)
    account = at_stake("Free")
    play("check-in")
    row = suggestion_hand_over(actor=leader, suggestion=planned()[1]["Free"], person=ann)
    assert owner_of(account) == ann
    assert (row.state, row.person, row.pooled) == (State.OPEN, ann, False)


def test_the_work_lands_with_whom_it_was_given_on_the_day_and_in_the_hours_asked_for(
    ann, suggestion
):
    leader = person("leader", Role.LEADER)
    suggestion_edit(actor=ann, suggestion=suggestion, hours=3.5, day=FRIDAY, person=leader)
    assert advance() == 1
    task = Task.objects.get()
    assert (task.title, task.owner) == ("Call Acme", leader)
    assert (task.hours, task.due_on) == (3.5, FRIDAY)
    # Its hours are the suggestion's, and count once.
    load = planned()[0].loads
    assert {one["tasks"] for one in load} == {0}
