"""Fixtures for loads: a home and a store of their own, and a folder of files."""

import pytest


@pytest.fixture
def own_store(settings, tmp_path):
    """Nothing is kept where another test would find it."""
    settings.EVENTS_URL = str(tmp_path / "store")
    settings.HOME = tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    """An empty folder to load from."""
    path = tmp_path / "in"
    path.mkdir()
    return path
