"""What two people do at the same moment happens once."""

import time
from threading import Event

import pytest
from django.db import transaction

from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.plays.library import shipped
from tenure.plays.models import Approval, Letter, Play, Run
from tenure.plays.running.stepping import advance
from tenure.plays.services import play_retire, play_switch_off, play_switch_on
from tenure.plays.services.letters import Words, letter_write, letters_print
from tenure.plays.services.runs import approval_decide, run_start_by_hand
from tenure.plays.tests.going import account, play, run, user
from tenure.plays.tests.together import WORKERS, at_once
from tenure.timeline.models import Touchpoint

pytestmark = pytest.mark.django_db(transaction=True)


def audited(action):
    return AuditEntry.objects.filter(action=action).count()


def test_a_letter_is_printed_once():
    row = letter_write(actor=None, account=account(), words=Words("Hello", "Dear all"))
    assert at_once(*[lambda: letters_print(actor=None, letters=[row])] * 2) == 1
    assert Letter.objects.get().state == "printed"
    assert (Touchpoint.objects.count(), audited("letter.printed")) == (1, 1)


def test_one_answer_to_a_question_counts():
    lead, ada = user("lead", Role.LEADER), user("ada", Role.ADMIN)
    run(account(), play({"approve": {"question": "Now?", "role": "leader"}}))
    advance()
    row = Approval.objects.get()
    yes = [(lead, True), (ada, False)]
    acts = [
        lambda who=who, so=so: approval_decide(actor=who, approval=row, yes=so) for who, so in yes
    ]
    assert at_once(*acts) == 1
    assert audited("approval.decide") == 1
    row.refresh_from_db()
    assert (row.decided_by, row.decision) in {(lead, "yes"), (ada, "no")}


def test_an_account_enters_once():
    acme = account()
    play({"wait": {"days": 1}})
    acts = [lambda: run_start_by_hand(actor=None, key="rescue", account=acme)] * 2
    assert at_once(*acts) == 1
    assert (Run.objects.count(), audited("run.start")) == (1, 1)


def test_a_play_that_comes_along_is_saved_and_switched_on_once():
    key = next(iter(sorted(shipped())))
    at_once(*[lambda: play_switch_on(actor=None, key=key, version=0)] * 2)
    assert DefinitionVersion.objects.filter(key=key).count() == 1
    assert (Play.objects.get(key=key).running, audited("play.switch_on")) == (1, 1)


def test_what_is_retired_while_it_is_switched_on_stays_off():
    play({"wait": {"days": 1}})
    play_switch_off(actor=None, key="rescue")
    retired = Event()

    def retire():
        with transaction.atomic():
            play_retire(actor=None, key="rescue")
            retired.set()
            time.sleep(0.3 if WORKERS > 1 else 0)

    def switch_on():
        retired.wait(10)
        play_switch_on(actor=None, key="rescue", version=1)

    assert at_once(retire, switch_on) == 1
    assert Play.objects.get().running is None
