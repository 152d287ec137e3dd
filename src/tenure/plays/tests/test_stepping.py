"""Runs go on one beside another: failures stay with one, versions hold, exits and waits are met."""

from datetime import timedelta

import pytest
from django.db import connection

from tenure.core import clock
from tenure.core.models import DefinitionVersion
from tenure.core.pipeline import Refresh
from tenure.plays.models import Approval, Run, RunStep, Task
from tenure.plays.running import reasons
from tenure.plays.running.leaving import leave_early, runs_refresh
from tenure.plays.running.stepping import advance
from tenure.plays.services import task_done
from tenure.plays.tests.going import HOT, NOW, account, at_nine, go, play, run, told

__all__ = ["at_nine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
WAIT = {"wait": {"days": 3}}
UNTIL = {"wait": {"until": HOT, "days": 10}}
STOP = {"stop": {}}
STATE = Run.State


def warm(row):
    row.custom = {"mood": "hot"}
    row.save()


def test_a_step_that_fails_unexpectedly_ends_its_own_run_and_no_other(caplog):
    on = play({"task": {"title": "Call"}}, STOP)
    broken, whole = run(account("a"), on), run(account("b"), on)
    advance()
    RunStep.objects.filter(run=broken).delete()  # nothing does this; what was sure is not there
    for row in Task.objects.all():
        task_done(actor=None, task=row)
    Run.objects.update(wake_at=NOW)
    assert (go(broken).state, go(whole).state) == (STATE.FAILED, STATE.DONE)
    assert "DoesNotExist" in broken.ended_why
    assert (broken.wake_at, told(broken)) == (None, [])
    assert "A step of a play failed" in caplog.text


def test_what_a_run_did_before_it_failed_stays_done(caplog):
    on = play({"set": {"field": "mood", "to": "hot"}}, {"approve": {"question": "?"}})
    going = run(account(), on)
    Approval.objects.create(
        run=going, visit=2, role="leader", question="?", asked_at=NOW, expires_at=NOW
    )
    assert go(going).state == STATE.FAILED
    assert (told(going), going.position, going.visits) == (["set done"], 1, 1)
    going.account.refresh_from_db()
    assert going.account.custom == {"mood": "hot"}


def test_a_version_that_cannot_be_read_any_more_ends_its_runs():
    going = run(account(), play(STOP))
    DefinitionVersion.objects.update(body={"title": ""})
    assert (go(going).state, going.ended_why) == (STATE.FAILED, reasons.BROKEN)


def test_a_run_stays_with_its_version_whatever_is_switched_on_later():
    old = go(run(account("a"), play(WAIT, STOP)))
    newer = play({"wait": {"days": 1}}, STOP, STOP)
    new = go(run(account("b"), newer))
    assert (old.version, new.version) == (1, 2)
    assert (go(old, days=2).state, go(new, days=2).state) == (STATE.ACTIVE, STATE.DONE)
    assert go(old, days=3).state == STATE.DONE


def test_nothing_is_done_before_its_time_nor_twice():
    going = run(account(), play(WAIT, STOP))
    assert advance() == 1
    assert advance() == 0
    assert go(going, days=2.99).state == STATE.ACTIVE
    assert go(going, days=3).state == STATE.DONE
    assert told(go(going, days=4)) == ["wait done", "stop done"]


def test_the_longest_due_go_first_and_no_more_than_asked():
    on = play(STOP)
    rows = [run(account(f"a{n}"), on) for n in range(5)]
    Run.objects.filter(pk=rows[4].pk).update(wake_at=NOW - timedelta(hours=1))
    assert advance(limit=1) == 1
    rows[4].refresh_from_db()
    assert rows[4].state == STATE.DONE
    assert advance(limit=10) == 4


def test_a_run_leaves_before_its_next_step_when_the_exit_rule_holds():
    acme = account()
    going = go(run(acme, play(WAIT, {"task": {"title": "Call"}}, leave=HOT)))
    warm(acme)
    assert (go(going, days=3).state, going.ended_why) == (STATE.EXITED, reasons.LEFT)
    assert not Task.objects.exists()
    assert reasons.reason_of({"reason": reasons.LEFT}) == "Its exit rule holds."


def test_a_run_that_came_to_its_end_did_not_leave_early():
    going = go(run(account(), play({"set": {"field": "mood", "to": "hot"}}, leave=HOT)))
    assert (going.state, told(going)) == (STATE.DONE, ["set done"])


def test_every_run_whose_exit_rule_holds_leaves_with_a_refresh():
    on = play(WAIT, leave=HOT)
    other = play(WAIT, key="other")
    acme = account("a", custom={"mood": "cold"})
    rows = [go(run(acme, on)), go(run(account("b"), on)), go(run(acme, other))]
    Run.objects.create(play=on, version=1, account=acme, state="held_out", met_at=NOW)
    assert leave_early(clock.today()) == 0
    warm(acme)
    assert leave_early(clock.today()) == 1
    assert [go(row).state for row in rows] == [STATE.EXITED, STATE.ACTIVE, STATE.ACTIVE]
    assert Run.objects.filter(state="held_out").count() == 1


def test_a_wait_for_a_rule_ends_with_the_refresh_after_which_it_holds():
    acme = account()
    on = play(UNTIL, STOP)
    waits, ends = go(run(acme, on)), go(run(account("b", custom={"mood": "hot"}), on))
    assert (waits.waits_for, told(ends)) == ("condition", ["wait done", "stop done"])
    assert waits.wake_at == NOW + timedelta(days=10)
    assert runs_refresh(Refresh(clock.today())) == {"left": 0, "went_on": 0}
    warm(acme)
    assert runs_refresh(Refresh(clock.today())) == {"left": 0, "went_on": 1}
    assert told(go(waits)) == ["wait done", "stop done"]


@pytest.mark.parametrize(("mood", "outcome"), [("hot", "done"), ("cold", "timeout")])
def test_a_wait_for_a_rule_has_an_end(mood, outcome):
    acme = account()
    going = go(run(acme, play(UNTIL)))
    acme.custom = {"mood": mood}
    acme.save()
    assert (go(going, days=10).state, told(going)) == (STATE.DONE, [f"wait {outcome}"])


def test_looking_for_what_is_due_reads_an_index_of_what_sleeps():
    rows = Run.objects.filter(state="active", wake_at__isnull=False, wake_at__lte=NOW)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "runs_to_wake" in rows.order_by("wake_at", "pk")[:100].explain()
