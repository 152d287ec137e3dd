"""What the suite migrates once: a database without rows, and an installation with a key.

Whoever needs it first makes it, in the folder that all workers share; the others copy it.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest

IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"
MAKE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from tenure.core.services import key_create
call_command("migrate", verbosity=0)
if connection.vendor == "sqlite":
    connection.cursor().execute("VACUUM INTO %s", [{empty!r}])
else:
    import psycopg
    made = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect({server!r}, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {empty} TEMPLATE {{made}}")
print(key_create(actor=None, name="test", scope="track")[1])
"""


@dataclass(frozen=True)
class Template:
    """An installation's home and database, and one `empty` of rows: files, or names on a server."""

    home: str
    key: str
    database: str
    empty: str


def shared() -> Path:
    """The folder that all processes of one run of the suite share."""
    return Path(os.environ["TENURE_TEST_SHARED"])


@contextmanager
def template() -> Iterator[Template]:
    """The template, to be copied while nobody else makes or copies it."""
    with (shared() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = shared() / "template.json"
        if not known.exists():
            known.write_text(json.dumps(asdict(_made())))
        yield Template(**json.loads(known.read_text()))


def environment(home: Path, database: str | None = None) -> dict[str, str]:
    """What a process reads its settings from; `database` on PostgreSQL, by name."""
    kept = {name: value for name, value in os.environ.items() if name[:7] != "TENURE_"}
    own = {
        "TENURE_HOME": str(home),
        "TENURE_SECRET_KEY": "only for tests",
        "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
    }
    if server := os.environ.get("TENURE_TEST_POSTGRES"):
        own["TENURE_DATABASE_URL"] = f"{server.rpartition('/')[0]}/{database}"
    return {**kept, **own}


def database_copied(source: str) -> str:
    """The name of a new database on the suite's server."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["TENURE_TEST_POSTGRES"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    return name


def sqlite_home(home: Path) -> None:
    """A home whose database is SQLite, whatever the suite runs on, and without rows."""
    home.mkdir(parents=True, exist_ok=True)
    if "TENURE_TEST_POSTGRES" not in os.environ:
        with template() as made:
            shutil.copy(made.empty, home / "tenure.sqlite3")
        return
    env = environment(home)
    del env["TENURE_DATABASE_URL"]
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, check=True)


def _made() -> Template:
    home = shared() / "installation"
    home.mkdir()
    server = os.environ.get("TENURE_TEST_POSTGRES", "")
    database = database_copied("template1") if server else str(home / "tenure.sqlite3")
    empty = f"{database}_empty" if server else str(shared() / "empty.sqlite3")
    done = subprocess.run(
        [sys.executable, "-c", MAKE.format(empty=empty, server=server)],
        env=environment(home, database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Template(str(home), done.stdout.strip(), database, empty)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """A copy of the migrated database, where pytest-django has every worker migrate its own."""
    from django.conf import settings
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        with template() as made:
            in_memory = connection.vendor == "sqlite"
            name = IN_MEMORY if in_memory else database_copied(made.empty)
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
            if in_memory:
                connection.ensure_connection()
                with closing(sqlite3.connect(made.empty)) as file:
                    file.backup(connection.connection)
    yield
    with django_db_blocker.unblock():
        connection.close()
