"""What each kind of step does, what it waits for, and what it says when it could do nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts.models import AttributeChange
from tenure.accounts.selectors import accounts_visible, owner_of
from tenure.accounts.services import capacity_set
from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_set_active
from tenure.plays.models import Approval, Channel, DoNotDisturb, Letter, Outgoing, Run, Task
from tenure.plays.running.reasons import reason_of
from tenure.plays.selectors.tasks import tasks_open
from tenure.plays.services import task_dismiss, task_done, task_reopen
from tenure.plays.services.letters import letter_merged, letters_print
from tenure.plays.services.runs import run_stop
from tenure.plays.tests.going import (
    HOT,
    MAIL,
    NOW,
    account,
    at_nine,
    go,
    going_out,
    own,
    person,
    play,
    reason,
    run,
    told,
    user,
)

__all__ = ["at_nine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
CALL = {"task": {"title": "Call {{ account.name }}", "checklist": ["Ask", "Listen"], "hours": 2}}
STATE = Run.State


def test_a_task_is_made_for_the_owner_and_the_run_waits_until_it_is_closed():
    ann = user("ann")
    acme = account(owner=ann)
    going = go(run(acme, play(CALL, {"set": {"field": "stage", "to": "called"}})))
    task = Task.objects.get()
    assert (task.title, task.owner, task.source, task.hours) == ("Call Acme", ann, "play", 2)
    assert task.checklist == [["Ask", False], ["Listen", False]]
    assert task.due_on == NOW.date() + timedelta(days=2)
    assert (going.state, going.waits_for, told(going)) == ("active", "task", ["task done"])
    go(going, days=1)
    task_done(actor=ann, task=task)
    assert go(going).state == STATE.DONE
    acme.refresh_from_db()
    assert (told(going), acme.custom) == (["task done", "set done"], {"stage": "called"})


def test_a_task_nobody_closes_does_not_hold_the_run_for_ever():
    going = go(run(account(), play({"task": {"title": "Call", "wait": 3}})))
    assert go(going, days=2.9).state == STATE.ACTIVE
    assert go(going, days=3).state == STATE.DONE
    assert told(going) == ["task done", "task timeout"]
    assert Task.objects.get().status == "open"


def test_a_task_that_was_closed_by_mistake_is_waited_for_again():
    going = go(run(account(), play(CALL)))
    task = task_dismiss(actor=None, task=Task.objects.get(), reason="Oops")
    task_reopen(actor=None, task=task)
    assert go(going).state == STATE.ACTIVE
    assert going.wake_at == NOW + timedelta(days=14)


def test_closing_an_earlier_task_wakes_nothing_that_waits_for_another():
    going = go(run(account(), play({"task": {"title": "One", "wait": 1}}, {"wait": {"days": 9}})))
    go(going, days=1)
    before = going.wake_at
    task_done(actor=None, task=Task.objects.get())
    going.refresh_from_db()
    assert (going.waits_for, going.wake_at) == ("time", before)


def test_a_task_without_a_wait_lets_the_run_go_on_at_once():
    assert go(run(account(), play({"task": {"title": "Call", "wait": 0}}))).state == STATE.DONE


@pytest.mark.parametrize(
    ("who", "doer"),
    [("owner", "ann"), ("leader", "lead"), ("bob@x.example", "bob"), ("gone@x.example", "cyd")],
)
def test_who_does_it_is_who_the_play_names_else_the_pool(who, doer):
    ann = user("ann")
    user("bob"), user("cyd"), user("lead", Role.LEADER)
    gone = user("gone")
    for name in ("ann", "bob"):  # they have work of plays already
        busy = account(f"of-{name}", user(f"owner-of-{name}"))
        go(run(busy, play({"task": {"title": "x", "who": f"{name}@x.example"}}, key=name)))
        capacity_set(actor=None, person=owner_of(busy), hours=0, since=NOW.date())
    on = play({"task": {"title": "Call", "who": who}})
    user_set_active(actor=None, user=gone, active=False)
    go(run(account(owner=ann), on))
    assert Task.objects.get(title="Call").owner.name == doer


def test_the_pool_gives_work_by_the_hours_people_have_and_in_turn():
    ann, bob = user("ann"), user("bob")
    capacity_set(actor=None, person=ann, hours=10, since=NOW.date())
    capacity_set(actor=None, person=bob, hours=30, since=NOW.date())
    on = play({"task": {"title": "Call", "who": "pool", "hours": 1}})
    for number in range(39):
        run(account(f"a{number}"), on)
    going = run(account("last"), on)
    go(going)
    owners = [task.owner.name for task in Task.objects.order_by("pk")]
    assert (owners.count("ann"), owners.count("bob")) == (10, 30)
    Task.objects.update(status="done")
    free = [go(run(account(f"b{n}"), on)) and Task.objects.latest("pk").owner for n in range(2)]
    assert {one.name for one in free} == {"ann", "bob"}


def test_the_pool_respects_the_language_where_it_is_known():
    for name, languages in (("ann", ["en"]), ("bob", ["de"])):
        capacity_set(actor=None, person=user(name), hours=30, since=NOW.date(), languages=languages)
    on = play({"task": {"title": "Call", "who": "pool"}})
    for number, language in enumerate(["de-AT", "de", "en", "fr"]):
        run(account(f"a{number}", language=language), on)
    go(run(account("z", language="de"), on))
    owners = {task.account.name: task.owner.name for task in Task.objects.select_related("account")}
    assert (owners["A0"], owners["A1"], owners["A2"], owners["Z"]) == ("bob", "bob", "ann", "bob")


def test_whoever_is_given_a_task_by_a_play_sees_its_account_until_it_is_closed():
    ann = user("ann")
    on = play({"task": {"title": "Call", "who": "pool"}})
    acme = account()
    assert not accounts_visible(ann).exists()
    go(run(acme, on))
    task = Task.objects.get()
    assert (task.owner, list(accounts_visible(ann))) == (ann, [acme])
    assert list(tasks_open(accounts_visible(ann), ann)) == [task]
    task_done(actor=ann, task=task)
    assert not accounts_visible(ann).exists()


def test_an_account_that_was_taken_away_is_not_seen_again_by_a_task_of_a_play():
    ann, bob = user("ann"), user("bob")
    acme = account(owner=ann)
    go(run(acme, play(CALL)))
    acme.owners.update(until=NOW)
    own(acme, bob)
    assert not accounts_visible(ann).exists()
    assert Task.objects.get() in tasks_open(accounts_visible(bob), bob)


def test_a_mail_goes_to_the_first_of_its_roles_and_is_answered_to_the_owner():
    acme = account(owner=user("ann"))
    person("usher", acme, "user")
    chief = person("chief", acme, language="de")
    going = go(run(acme, play(MAIL, {"mail": {**MAIL["mail"], "most": 3}}, limits={"person": 0})))
    first = going_out()[0]
    assert (first.person, first.key, first.state) == (chief, f"{going.pk}:1:0", "waiting")
    assert first.payload == {
        "to": "chief@acme.example", "name": "Chief", "subject": "Hello", "body": "Dear Chief",
        "reply_to": "ann@x.example", "reply_name": "ann", "language": "de",
    }  # fmt: skip
    assert [row.key for row in going_out()[1:]] == [f"{going.pk}:2:0"]
    assert (told(going), going.state) == (["mail done", "mail done"], STATE.DONE)


def test_those_who_gave_their_consent_come_first():
    acme = account()
    person("a", acme)
    willing = person("b", acme, consent_at=NOW)
    go(run(acme, play(MAIL)))
    assert going_out()[0].person == willing


@pytest.mark.parametrize("why", ["no address", "left", "erased", "merged", "no role"])
def test_a_mail_for_nobody_is_skipped_and_the_run_goes_on(why):
    acme = account()
    somebody = person("p", acme, email="" if why == "no address" else "p@acme.example")
    if why == "left":
        somebody.memberships.update(until=NOW)
    if why == "erased":
        type(somebody).objects.update(erased_at=NOW)
    if why == "merged":
        type(somebody).objects.update(merged_into=person("q", acme, "admin"))
    if why == "no role":
        somebody.memberships.update(role="sponsor")
    going = go(run(acme, play(MAIL)))
    assert (told(going), reason(going), going.state) == (["mail skipped"], "nobody", STATE.DONE)
    assert "e-mail address" in reason_of({"reason": reason(going)})


@pytest.mark.parametrize("whom", ["account", "person"])
def test_nobody_is_written_to_who_is_not_to_be_disturbed(whom):
    acme = account()
    somebody = person("p", acme)
    of = {"account": acme} if whom == "account" else {"person": somebody}
    DoNotDisturb.objects.create(since=NOW, recorded_at=NOW, until=NOW + timedelta(days=1), **of)
    on = play(MAIL)
    going = go(run(acme, on))
    assert (told(going), reason(going)) == (["mail skipped"], "peace")
    with clock.at(NOW + timedelta(days=1)):
        go(run(acme, on), days=1)
    assert len(going_out()) == 1


def test_a_person_has_days_between_two_mails_of_any_plays():
    acme, other = account(), account("other")
    chief = person("chief", acme)
    chief.memberships.create(account=other, role="champion", recorded_at=NOW)
    go(run(acme, play(MAIL)))
    second = play(MAIL, key="second", limits={"person": 5})
    waits = go(run(other, second))
    assert (told(waits), reason(waits)) == (["mail skipped"], "capped")
    Outgoing.objects.update(state="sent", ended_at=NOW)
    with clock.at(NOW + timedelta(days=5)):
        assert told(go(run(other, second), days=5)) == ["mail done"]


def test_a_mail_that_lacks_a_fact_is_not_sent_and_says_which():
    acme = account()
    person("p", acme)
    lacking = {"mail": {"to": ["champion"], "subject": "On {{ contract.renews_on }}", "body": "x"}}
    going = go(run(acme, play(lacking)))
    assert (told(going), going_out()) == (["mail skipped"], [])
    assert "contract.renews_on" in reason(going)


def test_quiet_hours_and_weekends_move_a_mail_on():
    acme = account()
    person("p", acme)
    friday = datetime(2026, 3, 6, 19, tzinfo=UTC)
    with clock.at(friday):
        going = run(acme, play(MAIL))
    go(going, days=2, hours=10)
    assert going_out()[0].try_at == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_a_letter_is_laid_ready_with_a_task_that_ends_when_it_goes_out():
    ann = user("ann")
    acme = account(owner=ann)
    dora = person("dora", acme, "decision_maker", email="", title="CEO")
    said = {
        "to": ["decision_maker"],
        "title": {"en": "Thank {{ account.name }}", "de": "Dank an {{ account.name }}"},
        "body": "Dear {{ person.name }},",
    }
    going = go(run(acme, play({"letter": said})))
    task, letter = Task.objects.get(), Letter.objects.get()
    assert (task.title, going.waits_for) == ("Thank Acme", "task")
    assert (letter.person, letter.author, letter.run, letter.state) == (dora, ann, going, "draft")
    assert letter_merged(letter) == ("Thank Acme", "Dear Dora,")
    letters_print(actor=ann, letters=[letter])
    assert go(going).state == STATE.DONE


def test_a_wait_ends_after_its_days():
    going = go(run(account(), play({"wait": {"days": 3}})))
    assert (going.waits_for, going.wake_at, told(going)) == ("time", NOW + timedelta(days=3), [])
    assert told(go(going, days=3)) == ["wait done"]


def test_a_branch_goes_one_way_or_the_other():
    def split(mood):
        steps = {
            "when": HOT,
            "then": [{"set": {"field": "way", "to": "then"}}],
            "otherwise": [{"set": {"field": "way", "to": "other"}}],
        }
        acme = account(mood, custom={"mood": mood})
        going = go(run(acme, play({"branch": steps}, {"stop": {}})))
        acme.refresh_from_db()
        return told(going), acme.custom["way"], going.state

    assert split("hot") == (["branch yes", "set done", "stop done"], "then", STATE.DONE)
    assert split("cold") == (["branch no", "set done", "stop done"], "other", STATE.DONE)


def test_a_branch_sees_what_an_earlier_step_has_just_set():
    steps = {"when": HOT, "then": [{"stop": {}}], "otherwise": []}
    going = go(
        run(
            account(),
            play({"branch": steps}, {"set": {"field": "mood", "to": "hot"}}, {"branch": steps}),
        )
    )
    assert told(going) == ["branch no", "set done", "branch yes", "stop done"]


def test_a_field_is_set_as_loads_set_it_and_its_past_is_kept():
    acme = account(custom={"stage": "fine"})
    go(run(acme, play({"set": {"field": "stage", "to": "at risk"}})))
    change = AttributeChange.objects.get()
    assert (change.field, change.old, change.new) == ("custom.stage", "fine", "at risk")


def test_the_pool_takes_accounts_in_turn():
    for name in ("ann", "bob"):
        user(name)
    on = play({"set": {"owner": "pool"}})
    for number in range(4):
        run(account(f"a{number}"), on)
    go(run(account("z"), on))
    owners = [
        owner_of(row).name for row in type(account("y")).objects.exclude(name="Y").order_by("pk")
    ]
    assert sorted(map(owners.count, ("ann", "bob"))) == [2, 3]


def test_an_account_nobody_could_own_keeps_its_owner():
    going = go(run(account(), play({"set": {"owner": "pool"}})))
    assert (told(going), reason(going)) == (["set skipped"], "no_owner")


def test_another_play_is_queued_with_the_reason_and_only_if_it_is_on():
    acme = account()
    second = play({"wait": {"days": 1}}, key="second")
    on = play({"play": {"start": "second"}})
    going = go(run(acme, on))
    queued = Run.objects.get(play=second)
    assert (queued.state, queued.because) == (
        "queued",
        {"kind": "play", "play": "rescue", "run": going.pk},
    )
    assert reason(go(run(acme, on))) == "has_it"
    queued.delete()
    second.running = None
    second.save()
    again = go(run(acme, on))
    assert (told(again), reason(again)) == (["play skipped"], "play_off")


@pytest.mark.parametrize("kind", ["webhook", "chat"])
def test_a_channel_is_sent_to_by_its_name(kind):
    Channel.objects.create(name="ops", kind=kind, url="https://x.example/", created_at=NOW)
    step = {"channel": "ops"} | (
        {"text": "{{ account.name }}: {{ health }}"} if kind == "chat" else {}
    )
    going = go(run(account(owner=user("ann")), play({kind: step})))
    row = going_out()[0]
    assert (row.kind, row.channel.name, told(going)) == (kind, "ops", [f"{kind} done"])
    if kind == "chat":
        assert row.payload == {"text": "Acme: –"}
    else:
        assert row.payload["type"] == "play.step"
        assert row.payload["data"]["account"] == {"id": "acme", "name": "Acme"}
        assert row.payload["data"]["owner"] == "ann@x.example"


@pytest.mark.parametrize("lacks", ["none", "retired", "other kind"])
def test_a_channel_that_is_not_there_any_more_is_told(lacks):
    url = "https://x.example/"
    made = Channel.objects.create(name="ops", kind="webhook", url=url, created_at=NOW)
    on = play({"wait": {"days": 1}}, {"webhook": {"channel": "ops"}})
    if lacks == "none":
        made.delete()
    else:
        made.retired_at, made.kind = NOW, "webhook" if lacks == "retired" else "chat"
        made.save()
    going = go(run(account(), on))
    go(going, days=1)
    assert (told(going), reason(going)) == (["wait done", "webhook skipped"], "no_channel")


def test_an_approval_asks_and_the_run_waits():
    going = go(
        run(
            account(),
            play({"approve": {"question": "Discount?", "days": 2}}),
        )
    )
    asked = Approval.objects.get()
    assert (asked.question, asked.role, asked.expires_at) == (
        "Discount?", "leader", NOW + timedelta(days=2),
    )  # fmt: skip
    assert (going.waits_for, told(going)) == ("approval", [])


@pytest.mark.parametrize(("go_on", "state"), [(False, STATE.STOPPED), (True, STATE.DONE)])
def test_without_an_answer_the_run_ends_unless_the_play_says_go_on(go_on, state):
    going = go(run(account(), play({"approve": {"question": "?", "days": 2, "go_on": go_on}})))
    assert go(going, days=2).state == state
    assert told(going) == ["approve timeout"]
    assert Approval.objects.get().decision == "timeout"


def test_a_run_that_was_stopped_does_nothing_more():
    going = go(run(account(), play(CALL)))
    run_stop(actor=None, run=going, reason="They called us")
    task_done(actor=None, task=Task.objects.get())
    assert (go(going, days=20).state, going.ended_why) == (STATE.STOPPED, "They called us")
    assert told(going) == ["task done"]
