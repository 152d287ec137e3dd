"""The clock of these tests."""

import pytest

from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.segments.tests.world import TODAY


@pytest.fixture(autouse=True)
def _now(db):
    with clock.at(TODAY):
        yield


@pytest.fixture
def users(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return {
        role: user_create(actor=None, email=f"{role}@example.com", role=role, name=role.label)
        for role in Role
    }
