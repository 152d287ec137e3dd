from datetime import date

import pytest

from tenure.engine.simulation import Company, Settings
from tenure.engine.simulation.company import hand_out
from tenure.engine.simulation.history import run
from tenure.engine.simulation.world import World

END = date(2026, 3, 18)  # a Wednesday: the last week is cut short
SMALL = Settings(accounts=40, months=12, seed=5, end=END)
LARGE = Settings(accounts=480, months=30, seed=5, end=END)


@pytest.fixture(scope="session")
def world() -> World:
    return run(LARGE)


@pytest.fixture(scope="session")
def company(world) -> Company:
    return hand_out(world)


@pytest.fixture(scope="session")
def events(company):
    return list(company.events())


@pytest.fixture(scope="session")
def rows(company):
    """Every table of the company as rows."""
    return {name: table.to_pylist() for name, table in company.tables.items()}
