"""What a browser fetches before the first chart, compressed; who asks for the charts' code."""

import gzip
import re
from pathlib import Path

import pytest

import tenure.web
from tenure.core.roles import Role
from tenure.web.tests.everything import addresses, everything_make

pytestmark = pytest.mark.django_db
BUILD = Path(tenure.web.__file__).parent / "static" / "build"
MOST = 200_000  # bytes before charts
# They have charts once there are facts that this small company lacks.
LACKING: set[str] = set()
TYPEFACE, WIDER = "inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"
# Browsers ask for the wider typeface only where a page has one of its letters.
OF_WIDER = re.compile("[\u0100-\u02ba\u02bd-\u02c5\u1e00-\u1eff\u20a0-\u20ab\u20ad-\u20c0\u2113]")


def packed(name: str) -> int:
    return len(gzip.compress((BUILD / name).read_bytes(), 9))


@pytest.fixture
def pages(users, sign_in):
    """The body of every page, as an administrator gets it, by name."""
    account = everything_make(users)
    client = sign_in(Role.ADMIN)
    found = {}
    for name, url in addresses(account, users[Role.CSM]).items():
        answer = client.get(url, headers={"accept-encoding": "gzip"})
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            assert answer.headers.get("Content-Encoding") == "gzip", name
            found[name] = answer.content
    return found


def weight(body: bytes) -> int:
    """Bytes of a page: itself, styles, script and typefaces."""
    fonts = [TYPEFACE, WIDER] if OF_WIDER.search(text(body)) else [TYPEFACE]
    faces = sum((BUILD / name).stat().st_size for name in fonts)
    return len(body) + packed("app.js") + packed("style.css") + faces


def text(body: bytes) -> str:
    return gzip.decompress(body).decode()


def test_pages_are_light_and_only_those_with_a_chart_ask_for_the_charts_code(pages):
    assert len(pages) > 40
    weights = {name: weight(body) for name, body in pages.items()}
    assert {name: n for name, n in weights.items() if n > MOST} == {}
    asking = {name for name, body in pages.items() if "build/charts" in text(body)}
    drawing = {name for name, body in pages.items() if "data-chart=" in text(body)}
    assert drawing - asking == set()
    assert asking - drawing <= LACKING, "these load the charts' code and draw none"
    assert len(drawing) > 8
