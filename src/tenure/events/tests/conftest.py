"""Fixtures for events: a store of its own for each test, and short ways to say things."""

from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def store_folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    return tmp_path / "events"
