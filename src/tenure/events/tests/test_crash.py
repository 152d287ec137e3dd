"""Workers killed anywhere lose nothing that was acknowledged and double nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from tests.template import sqlite_home

from tenure.events.tests import crashing

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[4]
KILLS = 12


@pytest.fixture
def environment(tmp_path):
    """A home of its own, and on PostgreSQL a database of its own."""
    env = os.environ | {
        "TENURE_HOME": str(tmp_path / "home"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        "TENURE_EVENTS_URL": str(tmp_path / "events"),
    }
    server = os.environ.get("TENURE_TEST_POSTGRES")
    if not server:
        sqlite_home(tmp_path / "home")
        yield env
        return
    name = f"crash_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield env | {"TENURE_DATABASE_URL": f"{server.rsplit('/', 1)[0]}/{name}"}
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.crash
def test_killed_workers_lose_nothing_and_double_nothing(environment, tmp_path):
    acknowledged = tmp_path / "acknowledged"
    acknowledged.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tenure.events.tests.crashing", acknowledged, str(KILLS)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["failed"] == 0, done.stderr
    assert result["killed"] >= KILLS // 2
    expected = [
        [f"acc-u{i % 6}", f"u{i % 6}", f"{number}-{i}"]
        for number in range(crashing.BATCHES)
        for i in range(crashing.SIZE)
    ]
    assert sorted(result["rows"]) == sorted(expected)
