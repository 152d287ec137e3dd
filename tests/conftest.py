"""Fixtures for everything under tests/."""

import pytest

from tests.installation import Installation


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """A server that runs for the whole session. Read the inbox, and leave it empty."""
    installation = Installation.create(tmp_path_factory.mktemp("live"))
    installation.serve()
    yield installation
    installation.close()
