"""Nothing on any page stays in English when the language is another one."""

import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from tenure.core.roles import Role
from tenure.web.tests import pseudo
from tenure.web.tests.everything import addresses, everything_make, values_shown

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "tools"))
# Names of things, the same in every language.
NAMES = (
    "Tenure",
    "UTC",
    "NPS",
    "MRR",
    "GRR",
    "NRR",
    "AUC",
    "CSV",
    "JSON",
    "EUR",
)
# Keys of the contract, and what the rows of the tests hold.
KEYS = ("accounts", "default", "no")
LANGUAGES = (*(name for _code, name in django_settings.LANGUAGES), "Pseudo")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    from messages import template

    folder = tmp_path_factory.mktemp("locale")
    pseudo.catalogue_write(folder, template())
    return folder


@pytest.fixture
def _pseudo(settings, catalogue):
    cache.clear()
    settings.LANGUAGES = [*settings.LANGUAGES, (pseudo.CODE, "Pseudo")]
    settings.LOCALE_PATHS = [catalogue]
    yield
    cache.clear()


def read(client, address):
    """The HTML at an address; nothing for what is no page."""
    answer = client.get(address)
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.content.decode() if html and answer.status_code != 302 else ""


@pytest.mark.usefixtures("_pseudo")
def test_every_text_of_every_page_is_translated(users):
    account = everything_make(users)
    admin = users[Role.ADMIN]
    admin.language = pseudo.CODE
    admin.save()
    client = Client()
    client.force_login(admin)
    values = [*values_shown(), *NAMES, *LANGUAGES]
    found = {}
    for name, address in addresses(account, admin).items():
        if name == "kit":  # for who writes pages, in English
            continue
        for text in pseudo.untranslated(read(client, address), values, KEYS):
            found.setdefault(text, name)
    assert not found, "\n".join(
        f"{name}: {text}" for text, name in sorted(found.items(), key=lambda x: x[1])
    )
