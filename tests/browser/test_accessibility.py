"""No violation found by axe on the way in; on every other page: test_languages."""

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import WIDE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_in(visit, scheme):
    page, found = visit("", size=WIDE, scheme=scheme).page, []
    for address in ("/account/login/", "/account/password/reset/", "/account/signup/"):
        page.goto(address)
        found += violations(page, address)
    assert not found, "\n".join(found)
