"""`tenure erase`, up to the last byte of the home folder."""

import json
import os
import subprocess
import sys

import pytest
import typer
from tests.template import sqlite_home
from typer.testing import CliRunner

from tenure.accounts.models import Person
from tenure.cli import erase
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.events import inbox

WORDS = ["ann-4711", "ann@example.com", "Ann Example"]
FILL = """
import django; django.setup()
from tenure.accounts.rows import PersonRow
from tenure.accounts.services import person_upsert_many
from tenure.events.services import events_ingest
from tenure.events.tests.said import events
person_upsert_many(rows=[PersonRow(id="ann-4711", email="ann@example.com", name="Ann Example")])
own = '{"email": "ann@example.com", "by": "Ann Example"}'
events_ingest(table=events({"user_id": "ann-4711", "properties": own}), source="test")
"""
ERASE = """
import django; django.setup()
import typer
from tenure.cli import erase
app = typer.Typer()
erase.register(app)
app(["ann@example.com", "--yes", "--json"])
"""


@pytest.fixture
def run(tmp_path, settings):
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    app = typer.Typer()
    erase.register(app)
    yield lambda *words, **given: CliRunner().invoke(app, list(words), **given)
    inbox.close()


@pytest.mark.django_db
def test_it_asks_once_and_no_means_no(run):
    Person.objects.create(external_id="ann-4711", recorded_at=clock.now())
    assert run("ann-4711", input="n\n").exit_code == 1
    assert Person.objects.filter(external_id="ann-4711").exists()
    assert run("ann-4711", input="y\n").exit_code == 0
    assert not Person.objects.filter(external_id="ann-4711").exists()


@pytest.mark.django_db
def test_with_json_it_wants_to_be_told_yes(run):
    Person.objects.create(external_id="ann-4711", recorded_at=clock.now())
    assert isinstance(run("ann-4711", "--json").exception, TenureError)
    shown = json.loads(run("ann-4711", "--json", "--yes").stdout)
    assert shown == {"persons": 1, "identifiers": 0, "texts": 0, "inbox_rows": 0, "files": 0}


@pytest.mark.django_db
def test_nobody_of_that_name_gets_a_sentence(run):
    assert "no person" in str(run("joe", "--yes").exception)


@pytest.mark.once  # a home of its own, on SQLite
def test_not_a_byte_of_the_person_is_left_in_the_home_folder(tmp_path):
    sqlite_home(tmp_path)
    environment = os.environ | {"TENURE_HOME": str(tmp_path)}
    environment.pop("TENURE_DATABASE_URL", None)

    def python(code):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def words_left():
        content = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        return [word for word in WORDS if word.encode() in content]

    python(FILL)
    assert words_left()
    assert json.loads(python(ERASE))["files"] == 1
    assert words_left() == []
