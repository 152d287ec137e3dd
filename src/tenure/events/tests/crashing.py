"""Run as a program: workers that store messages and are killed at random moments.

Prints one JSON line: how often workers were killed, and what the store holds at the end.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import django
import pandas as pd  # noqa: F401 - what reads rows loads it, and so would every worker

django.setup()

from django.db import connections  # noqa: E402

from tenure.events.tests.said import said, stored  # noqa: E402

BATCHES = 40
SIZE = 25
WORKERS = 2


def batch(number):
    """Tracks of some users, with the identity that places them coming at the very end."""
    messages = [
        said("track", i / 3, user_id=f"u{i % 6}", event=f"{number}-{i}", message_id=f"{number}-{i}")
        for i in range(SIZE)
    ]
    if number >= BATCHES - 6:
        user = f"u{number - BATCHES + 6}"
        messages.append(said("group", 0, user_id=user, account_id=f"acc-{user}"))
    return messages


def work(acknowledged):
    """What a worker does: store a batch that nobody acknowledged yet, acknowledge it; chores."""
    from tenure.events.services import events_reattribute, messages_ingest, store_compact

    rng = random.Random(os.getpid())
    while True:
        done = {int(path.name) for path in acknowledged.iterdir()}
        left = [number for number in range(BATCHES) if number not in done]
        if not left:
            return
        number = rng.choice(left[:3])
        messages_ingest(messages=batch(number))
        (acknowledged / str(number)).touch()
        if rng.random() < 0.4:
            events_reattribute()
            store_compact()


def start(acknowledged):
    """A worker in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work(acknowledged)
    except BaseException as error:  # noqa: BLE001 - told to the parent by the exit code
        print(f"worker: {error!r}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def main(folder, kills):
    """Kill workers until they were killed often enough, then let them finish."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    connections.close_all()
    acknowledged = Path(folder)
    rng = random.Random(11)
    killed, failed = 0, 0
    running = {start(acknowledged) for _ in range(WORKERS)}
    while running:
        if killed < kills:
            time.sleep(rng.uniform(0.02, 0.6))
            victim = rng.choice(sorted(running))
            os.kill(victim, signal.SIGKILL)
        pid, status = os.wait()
        running.discard(pid)
        if os.WIFSIGNALED(status):
            killed += 1
        elif os.WEXITSTATUS(status):
            failed += 1
        if os.WIFSIGNALED(status) and len(list(acknowledged.iterdir())) < BATCHES:
            running.add(start(acknowledged))
        if killed >= kills and not running and len(list(acknowledged.iterdir())) < BATCHES:
            running.add(start(acknowledged))
    finish(killed, failed)


def finish(killed, failed):
    from tenure.events.services import events_reattribute, store_compact

    events_reattribute()
    store_compact()
    rows = [[account, person, event] for account, person, event, _at in stored()]
    print(json.dumps({"killed": killed, "failed": failed, "rows": rows}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
