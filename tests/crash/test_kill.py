"""Servers and workers killed at random moments: what was acknowledged is stored exactly once."""

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
import requests

from tests.installation import START, Installation

pytestmark = pytest.mark.crash
# On PostgreSQL the store's part is the same; what differs is how rows are claimed and let go.
KILLS = 4 if "TENURE_TEST_POSTGRES" in os.environ else 15
SENDERS = 3
BATCH = 10
DRAIN = (
    START
    + """
import time
from tenure.events import inbox
from tenure.events.services import inbox_drain
print("ready", flush=True)
while True:
    if not inbox_drain(limit=20).rows:
        time.sleep(0.02)
"""
)
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
                time.sleep(0.05)
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


def kill_again_and_again(start, until_up, longest):
    """Start a process, let it run for a random while, kill it with everything it started."""
    for _kill in range(KILLS):
        process = start()
        until_up(process)
        time.sleep(random.random() * longest)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
    workers = threading.Thread(
        target=kill_again_and_again,
        args=(lambda: installation.spawn(DRAIN), installation.wait_until_said, 0.6),
    )
    workers.start()
    server = installation.spawn_server
    kill_again_and_again(server, installation.wait_until_up, 0.6)
    workers.join()
    stopped.set()
    installation.serve()
    for sender in senders:
        sender.join()
    stored = Counter(installation.json(STORED))
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    assert len(acknowledged) > 20 * BATCH
    assert sum(sender.resent for sender in senders) > 0
    assert acknowledged - stored.keys() == set(), "acknowledged but lost"
    assert [name for name, times in stored.items() if times > 1] == []
    assert stored.keys() - acknowledged == set()
