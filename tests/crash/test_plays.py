"""Workers of plays killed at random: every step once, no mail twice, no webhook lost, all told."""

import json
import os
from collections import Counter, defaultdict

import pytest

from tenure.plays.tests.receiver import Receiver
from tenure.web.tests.mailbox import BASE, Mailbox
from tests.installation import Installation

pytestmark = pytest.mark.crash
KILLS, RUNS_EACH = 32, 4
# SQLite is one worker's; on PostgreSQL two share the work, and each is killed at its own time.
WORKERS = 2 if "TENURE_TEST_POSTGRES" in os.environ else 1
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

def work():
    while True:
        if not advance(limit=3) + outbox_send(limit=4):
            time.sleep(0.01)

killed = 0
for number in range({kills}):
    for one in range({each}):
        begin(number * {each} + one)
    connections.close_all()
    children = []
    for _worker in range({workers}):
        child = os.fork()
        if not child:
            random.seed()
            work()
        children.append(child)
    for child in children:
        time.sleep(random.uniform(0.02, 0.6))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
later = datetime.now(UTC) + timedelta(minutes=10)  # when what the killed ones held comes back
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
        program = NURSERY.format(url=hooks.url, kills=KILLS, each=RUNS_EACH, workers=WORKERS)
        killed = int(made.python(program))
        found = json.loads(made.python(FOUND))
    finally:
        made.close()
        box.stop()
        hooks.stop()
    assert killed == KILLS * WORKERS
    _every_run_did_its_steps_once(found)
    _no_mail_came_twice_and_none_was_lost_untold(found, box)
    _every_webhook_came_with_one_body(found, hooks)


def _every_run_did_its_steps_once(found):
    runs = KILLS * RUNS_EACH
    assert Counter(state for _run, state in found["runs"]) == {"done": runs}
    steps = defaultdict(list)
    for run, visit, kind, outcome in found["steps"]:
        steps[run].append((visit, kind))
        assert outcome == ("no" if kind == "branch" else "done")
    expected = list(enumerate(STEPS, start=1))
    assert {run: done for run, done in steps.items() if done != expected} == {}
    assert len(steps) == runs
    assert set(Counter(found["tasks"]).values()) == {1}
    assert (len(found["tasks"]), found["changes"]) == (runs, runs)


def _no_mail_came_twice_and_none_was_lost_untold(found, box):
    came = Counter(to[0] for to, _message in box.taken)
    states = dict(found["mails"])
    assert len(states) == len(found["mails"]) == KILLS * RUNS_EACH
    assert set(states.values()) <= {"sent", "unsure"}
    assert set(came.values()) == {1}
    assert all(came[reader] == 1 for reader, state in states.items() if state == "sent")
    assert found["touches"] == list(states.values()).count("sent")


def _every_webhook_came_with_one_body(found, hooks):
    bodies = defaultdict(set)
    for _path, headers, body in hooks.taken:
        bodies[headers["webhook-id"]].add(body)
    assert Counter(state for _key, state in found["hooks"]) == {"sent": KILLS * RUNS_EACH}
    assert set(bodies) == {key for key, _state in found["hooks"]}
    assert {len(kinds) for kinds in bodies.values()} == {1}
