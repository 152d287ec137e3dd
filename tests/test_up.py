"""`tenure up`: sets up, serves, works, restarts what dies, and stops both with itself."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.installation import Installation

pytestmark = pytest.mark.once

UP = """
import sys
sys.argv = ["tenure", "up", "--port", "{port}"]
from tenure.cli import main
main()
"""
STORED = """
from tenure.events.selectors import store_snapshot
print(store_snapshot().rows)
"""


def wait_for(condition, seconds=180):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.fixture
def up(tmp_path):
    installation = Installation.create(tmp_path)
    with (tmp_path / "out.log").open("wb") as log:
        installation.process = subprocess.Popen(
            [sys.executable, "-c", UP.format(port=installation.port)],
            env=installation.env,
            stdout=log,
            stderr=log,
        )
    installation.children = []
    wait_for(lambda: answers(installation))
    installation.children = psutil.Process(installation.process.pid).children(recursive=True)
    yield installation
    for process in filter(alive, installation.children):
        process.kill()
    installation.process.kill()
    installation.process.wait()


def answers(installation):
    try:
        return requests.get(f"{installation.host}/account/login/", timeout=5).status_code < 500
    except requests.RequestException:
        return False


def send(installation):
    event = {"event": "opened", "userId": "u1"}
    answer = requests.post(
        f"{installation.host}/v1/track", json=event, auth=(installation.key, ""), timeout=20
    )
    assert answer.status_code == 200


def test_events_are_stored_a_dead_server_comes_back_and_all_stops_together(up, tmp_path):
    assert f"http://localhost:{up.port}" in Path(tmp_path / "out.log").read_text()
    send(up)
    (web,) = (c for c in psutil.Process(up.process.pid).children() if "serve" in c.cmdline())
    for process in (*web.children(recursive=True), web):
        process.kill()
    wait_for(lambda: answers(up))
    send(up)
    wait_for(lambda: int(up.python(STORED)) == 2)
    up.children = psutil.Process(up.process.pid).children(recursive=True)
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(60) == 0
    assert not any(map(alive, up.children))


def test_the_children_of_a_killed_supervisor_end_by_themselves(up):
    up.process.kill()
    wait_for(lambda: not any(map(alive, up.children)), seconds=60)


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
