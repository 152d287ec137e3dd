"""Two workers at once: every step once, everything sent once, work shared fairly."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import Outgoing, Run, RunStep, Task
from tenure.plays.outbox.sending import outbox_send
from tenure.plays.running.stepping import advance
from tenure.plays.tests.going import account, person, play, run
from tenure.web.tests.mailbox import mailbox

__all__ = ["mailbox"]
pytestmark = pytest.mark.django_db(transaction=True)
# SQLite's database of the tests is in memory, where two cannot write one after the other.
WORKERS = 2 if "TENURE_TEST_POSTGRES" in os.environ else 1
RUNS = 24
CALL = {"task": {"title": "Call", "who": "pool", "wait": 0}}
MAIL = {"mail": {"to": ["champion"], "subject": "Hello", "body": "x"}}
AWAKE = {"from": 0, "to": 0, "weekends": False}


def worker(step):
    """Go on until there is nothing more to do; how much was done."""

    def work(_number):
        done = 0
        try:
            while moved := step():
                done += moved
        finally:
            connections.close_all()
        return done

    return work


def both(step):
    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(worker(step), range(WORKERS)))


def test_two_workers_do_every_step_and_send_every_mail_once(mailbox):
    for name in ("ann", "bob"):
        user_create(actor=None, email=f"{name}@x.example", role=Role.CSM, name=name)
    on = play(CALL, MAIL, {"stop": {}}, quiet=AWAKE)
    for number in range(RUNS):
        acme = account(f"a{number}")
        person(f"p{number}", acme)
        run(acme, on)
    both(lambda: advance(limit=3))
    assert Counter(Run.objects.values_list("state", flat=True)) == {"done": RUNS}
    assert Counter(RunStep.objects.values_list("kind", flat=True)) == dict.fromkeys(
        ("task", "mail", "stop"), RUNS
    )
    shared = Counter(Task.objects.values_list("owner__name", flat=True))
    assert shared == {"ann": RUNS // 2, "bob": RUNS // 2}
    both(lambda: outbox_send(limit=5))
    assert Counter(Outgoing.objects.values_list("state", flat=True)) == {"sent": RUNS}
    assert Counter(to[0] for to, _message in mailbox.taken) == {
        f"p{number}@acme.example": 1 for number in range(RUNS)
    }


def test_two_workers_write_to_a_person_of_several_accounts_once():
    on = play(MAIL, quiet=AWAKE)
    everybodys = None
    for number in range(8):
        acme = account(f"a{number}")
        if everybodys is None:
            everybodys = person("p", acme)
        else:
            everybodys.memberships.create(
                account=acme, role="champion", recorded_at=acme.recorded_at
            )
        run(acme, on)
    both(lambda: advance(limit=1))
    outcomes = Counter(RunStep.objects.values_list("outcome", flat=True))
    assert outcomes == {"done": 1, "skipped": 7}
