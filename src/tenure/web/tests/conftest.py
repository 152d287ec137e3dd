"""Fixtures for the pages: users of every role, and clients signed in as them."""

from pathlib import Path

import pytest
from django.test import Client

from tenure.core.roles import Role
from tenure.core.services import user_create

# They open every page, as every role and full of everything, and so ask what pages ask of one.
ON_BOTH_DATABASES = {"test_roles.py", "test_page_weight.py", "test_accounts_page.py"}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name not in ON_BOTH_DATABASES:
            item.add_marker(pytest.mark.once)


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Pages are drawn without a build having been made."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def users(db):
    """A user of each role, by role."""
    return {
        role: user_create(
            actor=None, email=f"{role}@example.com", role=role, name=role.label,
            password="correct horse",
        )
        for role in Role
    }  # fmt: skip


@pytest.fixture
def sign_in(users):
    """A client signed in with a role."""

    def signed_in(role) -> Client:
        client = Client()
        client.force_login(users[role])
        return client

    return signed_in
