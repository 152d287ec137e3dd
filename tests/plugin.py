"""Pytest plugin: which database the suite runs on, a PostgreSQL that it starts itself, and units.

`pytest --db sqlite` (default) or `--db postgres`. Settings are read from the environment, so all
of this happens before Django is set up.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import template
from tests.postgres import PostgresServer
from tests.sharing import Units, long_first

_server: PostgresServer | None = None
# How long an example takes says something of the machine, nothing of the code.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    global _server  # noqa: PLW0603 - one server for the process, stopped at its end
    home = Path(tempfile.mkdtemp(prefix="tenure-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "static").mkdir()
    (home / "shared").mkdir()
    os.environ.setdefault("TENURE_TEST_SHARED", str(home / "shared"))
    os.environ["TENURE_HOME"] = str(home)
    os.environ["TENURE_SECRET_KEY"] = "only for tests"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.config.settings"
    # Workers share the cores: threads that wait for one another would spin while another works.
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ.pop("TENURE_DATABASE_URL", None)
    if early_config.known_args_namespace.db != "postgres":
        return
    if "TENURE_TEST_POSTGRES" not in os.environ:
        _server = PostgresServer.start()
        atexit.register(_server.stop)
        os.environ["TENURE_TEST_POSTGRES"] = _server.url
    os.environ["TENURE_DATABASE_URL"] = os.environ["TENURE_TEST_POSTGRES"]


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        # Only now, so that its fixture stands in for that of pytest-django.
        config.pluginmanager.register(template, "template")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = long_first(items)


def pytest_collection_finish() -> None:
    # What is loaded by now stays; looking through it again and again takes a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_teardown() -> None:
    from django.utils import translation  # not before the settings are told

    # A page that was asked for in a reader's language leaves it to whatever comes next.
    translation.deactivate()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    # In the order of the collection, not by the number of tests.
    config.option.loadscopereorder = False
    return Units(config, log)
