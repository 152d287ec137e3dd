from datetime import date
from pathlib import Path

import pytest

from tenure.demo.folder import Made, make
from tenure.engine.simulation import Settings

SETTINGS = Settings(accounts=60, months=14, seed=5, end=date(2026, 3, 18))


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    return make(tmp_path_factory.mktemp("company"), SETTINGS)


@pytest.fixture(scope="session")
def folder(made) -> Path:
    return made.folder
