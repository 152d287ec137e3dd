"""Workers of plays killed at random: every step once, no mail twice, no webhook lost, all told."""

import json
import os
from collections import Counter, defaultdict

import pytest

from tenure.plays.tests.receiver import Receiver
from tenure.web.tests.mailbox import BASE, Mailbox
from tests.installation import Installation

pytestmark = pytest.mark.crash
KILLS = 32
# SQLite is one worker's; on PostgreSQL two share the work, and each is killed at its own time.
WORKERS = 2 if "TENURE_TEST_POSTGRES" in os.environ else 1
ROUNDS, RUNS_EACH = KILLS // WORKERS, 3 * WORKERS
RUNS = ROUNDS * RUNS_EACH + 1
STEPS = ["task", "webhook", "mail", "branch", "set", "stop"]
NURSERY = """
import os, random, signal, sys, time
from datetime import UTC, datetime, timedelta
from django.db import connections
from tenure.accounts.models import Account, Membership, Person
from tenure.core import clock
from tenure.core.services import user_create
from tenure.plays.models import Outgoing, Run
from tenure.plays.outbox.sending import outbox_send
from tenure.plays.running.stepping import advance
from tenure.plays.services import play_save, play_switch_on
from tenure.plays.services.channels import channel_create
from tenure.plays.services.runs import run_start_by_hand

for name in ("ann", "bob"):
    user_create(actor=None, email=f"{{name}}@x.example", role="csm")
channel_create(actor=None, name="ops", kind="webhook", url="{url}", private=True)
hot = {{"all": [{{"field": "custom.mood", "op": "one_of", "value": ["hot"]}}]}}
steps = [
    {{"task": {{"title": "Call {{{{ account.name }}}}", "who": "pool", "wait": 0}}}},
    {{"webhook": {{"channel": "ops"}}}},
    {{"mail": {{"to": ["champion"], "subject": "Hello", "body": "Dear {{{{ person.name }}}}"}}}},
    {{"branch": {{"when": hot, "then": [{{"stop": {{}}}}]}}}},
    {{"set": {{"field": "mood", "to": "hot"}}}},
    {{"stop": {{}}}},
]
body = {{
    "title": "P", "goal": "G", "category": "risk", "trigger": {{"on": "manual"}}, "steps": steps,
    "hold_out": 0, "quiet": {{"from": 0, "to": 0, "weekends": False}},
}}
play_save(actor=None, key="p", body=body)
play_switch_on(actor=None, key="p")

def begin(number):
    now = clock.now()
    name = f"a{{number}}"
    acme = Account.objects.create(external_id=name, name=name, recorded_at=now)
    chief = Person.objects.create(
        external_id=name, name=name, email=f"{{name}}@acme.example", recorded_at=now
    )
    Membership.objects.create(person=chief, account=acme, role="champion", recorded_at=now)
    run_start_by_hand(actor=None, key="p", account=acme)

def work(pipe):
    while True:
        os.write(pipe, b".")
        advance(limit=3)
        os.write(pipe, b".")
        outbox_send(limit=4)

begin("first")
while advance() + outbox_send():  # so that what is loaded for it is loaded once, not by every child
    pass
killed = 0
for number in range({rounds}):
    for one in range({each}):
        begin(number * {each} + one)
    connections.close_all()
    children = []
    for _worker in range({workers}):
        told, pipe = os.pipe()
        child = os.fork()
        if not child:
            work(pipe)
        children.append((child, told))
        os.close(pipe)
    for child, told in children:
        for _part in range(random.randint(1, 4)):  # by its work, whatever the machine's pace
            os.read(told, 1)
        time.sleep(random.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        os.close(told)
for hours in (0.2, 1, 3, 9, 24, 48):  # when what the killed ones held comes back, and later
    later = datetime.now(UTC) + timedelta(hours=hours)
    clock.now = lambda: later
    while advance() + outbox_send():
        pass
print(killed)
"""
FOUND = """
import json
from tenure.plays.models import Outgoing, Run, RunStep, Task
from tenure.accounts.models import AttributeChange
from tenure.timeline.models import Touchpoint
rows = RunStep.objects.order_by("run", "visit").values_list("run", "visit", "kind", "outcome")
print(json.dumps({
    "runs": list(Run.objects.values_list("pk", "state")),
    "steps": list(rows),
    "tasks": list(Task.objects.values_list("account__name", flat=True)),
    "changes": AttributeChange.objects.count(),
    "touches": Touchpoint.objects.count(),
    "again": sum(max(n - 1, 0) for n in Outgoing.objects.values_list("attempts", flat=True)),
    "mails": list(Outgoing.objects.filter(kind="mail").values_list("person__email", "state")),
    "hooks": list(Outgoing.objects.filter(kind="webhook").values_list("key", "state")),
}))
"""


def test_killed_workers_neither_lose_nor_double_what_plays_do(tmp_path):
    box, hooks = Mailbox(pause=0.02), Receiver()
    hooks.pause = 0.02
    box.start()
    hooks.start()
    made = Installation.create(
        tmp_path,
        TENURE_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
        TENURE_MAIL_FROM="Tenure <tenure@tenure.example>",
        TENURE_BASE_URL=BASE,
    )
    try:
        program = NURSERY.format(url=hooks.url, rounds=ROUNDS, each=RUNS_EACH, workers=WORKERS)
        killed = int(made.python(program))
        found = json.loads(made.python(FOUND))
    finally:
        made.close()
        box.stop()
        hooks.stop()
    assert killed == KILLS
    assert found["again"] + [state for _to, state in found["mails"]].count("unsure") > 0
    _every_run_did_its_steps_once(found)
    _no_mail_came_twice_and_none_was_lost_untold(found, box)
    _every_webhook_came_with_one_body(found, hooks)


def _every_run_did_its_steps_once(found):
    assert Counter(state for _run, state in found["runs"]) == {"done": RUNS}
    steps = defaultdict(list)
    for run, visit, kind, outcome in found["steps"]:
        steps[run].append((visit, kind))
        assert outcome == ("no" if kind == "branch" else "done")
    expected = list(enumerate(STEPS, start=1))
    assert {run: done for run, done in steps.items() if done != expected} == {}
    assert len(steps) == RUNS
    assert set(Counter(found["tasks"]).values()) == {1}
    assert (len(found["tasks"]), found["changes"]) == (RUNS, RUNS)


def _no_mail_came_twice_and_none_was_lost_untold(found, box):
    came = Counter(to[0] for to, _message in box.taken)
    states = dict(found["mails"])
    assert len(states) == len(found["mails"]) == RUNS
    assert set(states.values()) <= {"sent", "unsure"}
    assert set(came.values()) == {1}
    assert all(came[reader] == 1 for reader, state in states.items() if state == "sent")
    assert found["touches"] == list(states.values()).count("sent")


def _every_webhook_came_with_one_body(found, hooks):
    bodies = defaultdict(set)
    for _path, headers, body in hooks.taken:
        bodies[headers["webhook-id"]].add(body)
    assert Counter(state for _key, state in found["hooks"]) == {"sent": RUNS}
    assert set(bodies) == {key for key, _state in found["hooks"]}
    assert {len(kinds) for kinds in bodies.values()} == {1}
