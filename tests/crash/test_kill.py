"""Servers and workers killed at random moments: what was acknowledged is stored exactly once."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests

from tests.installation import Installation

pytestmark = pytest.mark.crash
KILLS = 15
SENDERS = 3
BATCH = 10
# Loads once what servers and workers need; each of them is a fork of it.
NURSERY = """
import os, random, signal, socket, time
import pandas  # what reads rows loads it
import tenure.config.asgi
from django.db import connections
from tenure.cli.serve import serve
from tenure.events import inbox
from tenure.events.services import inbox_drain

def server(pipe):
    serve(port={port}, workers=1)

def worker(pipe):
    begun = time.monotonic()
    while True:
        rows = inbox_drain(limit=20).rows
        if rows or time.monotonic() > begun + 2:  # killed at work, or where there is none
            os.write(pipe, b".")
        if not rows:
            time.sleep(0.02)

def answers():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", {port})) == 0

connections.close_all()
killed = 0
for _kill in range({kills}):
    told, pipe = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        try:
            {kind}(pipe)
        finally:  # never back into the loop of the nursery
            os._exit(1)
    os.close(pipe)
    if {kind} is worker:
        os.read(told, 1)
    while {kind} is server and not answers() and not os.waitpid(child, os.WNOHANG)[0]:
        time.sleep(0.01)
    time.sleep(random.random() * 0.6)
    os.killpg(child, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    os.close(told)
print(killed)
"""
STORED = """
import json, pyarrow.parquet as pq
from tenure.events import inbox
from tenure.events.selectors import store_snapshot
from tenure.events.services import inbox_drain
while inbox.depth():
    inbox_drain(limit=500)
snapshot = store_snapshot()
names = []
for file in snapshot.files:
    with snapshot.filesystem.open(snapshot.url + "/" + file.path, "rb") as handle:
        names += pq.read_table(handle, columns=["properties"])["properties"].to_pylist()
print(json.dumps([json.loads(name)["name"] for name in names]))
"""


@dataclass
class Sender(threading.Thread):
    """Sends like an SDK: each batch again and again, with the same ids, until it is taken."""

    installation: Installation
    number: int
    stopped: threading.Event
    acknowledged: set[str] = field(default_factory=set)
    resent: int = 0

    def __post_init__(self):
        super().__init__(daemon=True)

    def __hash__(self):
        return self.number

    def run(self):
        turn = 0
        while not self.stopped.is_set():
            turn += 1
            names = [f"{self.number}-{turn}-{index}" for index in range(BATCH)]
            while not self._send(names):
                self.resent += 1
                time.sleep(0.1)
            self.acknowledged.update(names)
            time.sleep(0.01)

    def _send(self, names):
        batch = [
            {
                "type": "track",
                "event": "e",
                "userId": f"u{self.number}",
                "messageId": name,
                "timestamp": f"2026-0{1 + index % 3}-01T00:00:00Z",
                "properties": {"name": name},
            }
            for index, name in enumerate(names)
        ]
        try:
            answer = requests.post(
                f"{self.installation.host}/v1/import",
                json={"batch": batch},
                auth=(self.installation.key, ""),
                timeout=20,
            )
        except requests.RequestException:
            return False
        return answer.status_code == 200


def kill_again_and_again(installation):
    """Start servers or workers, let each run for a random while, kill it with all it started."""

    def nursery(kind):
        program = NURSERY.format(port=installation.port, kills=KILLS, kind=kind)
        return int(installation.python(program).split()[-1])  # servers may have said something

    return nursery


@pytest.fixture
def installation(tmp_path):
    made = Installation.create(tmp_path)
    yield made
    made.close()


def test_every_acknowledged_event_is_stored_exactly_once(installation):
    stopped = threading.Event()
    senders = [Sender(installation, number, stopped) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    with ThreadPoolExecutor(2) as nurseries:
        killed = list(nurseries.map(kill_again_and_again(installation), ["server", "worker"]))
    stopped.set()
    installation.serve()
    for sender in senders:
        sender.join()
    stored = Counter(installation.json(STORED))
    assert killed == [KILLS, KILLS]
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    assert len(acknowledged) > 20 * BATCH
    assert sum(sender.resent for sender in senders) > 0
    assert acknowledged - stored.keys() == set(), "acknowledged but lost"
    assert [name for name, times in stored.items() if times > 1] == []
    assert stored.keys() - acknowledged == set()
