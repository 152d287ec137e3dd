"""The clock stands on a Wednesday, and every test has a store and a panel of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from tenure.core import clock
from tenure.metrics.tests.world import TODAY


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    with clock.at(datetime.combine(TODAY, time(14, 30), UTC)):
        yield


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path: Path) -> None:
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.PANEL_URL = str(tmp_path / "panel")
