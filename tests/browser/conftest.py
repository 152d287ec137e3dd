"""A real server with a company in it, and a real Chromium in front of it."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from playwright.sync_api import sync_playwright
from tools.chromium import find

from tests.installation import Installation

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "correct horse battery"
WIDE, NARROW = (1440, 900), (390, 844)
PARTS_OF_A_PLAY = (
    "", "/accounts", "/effect", "/held-back", "/versions", "/preview", "/edit", "/text",
)  # fmt: skip
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
COMPANY = f"""
from django.core.management import call_command
from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.services import task_create
from tenure.segments.shipped import segments_install_examples
from tenure.web.models import Renewal
from tenure.web.tests.evidence import chances_make, evidence_make, levels_make, opinion_make
from tenure.web.tests.factories import account_make, book_make, story_make
from tenure.web.tests.foresight import renewals_make
from tenure.web.tests.paying import books_make, costs_make, paid_make
from tenure.web.tests.playing import plays_make
call_command("collectstatic", interactive=False, verbosity=0)
for role in Role:
    user_create(actor=None, email=f"{{role}}@example.com", role=role, password={PASSWORD!r})
book = book_make(60, owners=list(User.objects.exclude(email__startswith="viewer")))
story_make(book[0], touchpoints=60)
paid_make(book[1:])
costs_make()
books_make()
evidence_make()
levels_make(book)
chances_make()
opinion_make(book[0])
renewals_make(book)
segments_install_examples()
plays_make(book)
task_create(actor=None, account=book[0], title="Call the sponsor", due_on=clock.today())
renewal = Renewal.objects.filter(monthly=False, after=None).first()
print(book[0].pk, account_make("Bare").pk, renewal.account_id, renewal.renews_on)
"""
ADDRESSES = """
import json
from django.test import Client
from django.urls import reverse
from django.conf import settings
from tenure.core.models import User
from tenure.web.tests.test_roles import OPEN, PATTERNS
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
client.force_login(User.objects.get(email="admin@example.com"))
found = []
for name, pattern in sorted(PATTERNS.items()):
    if name in OPEN or pattern.pattern.converters:
        continue
    answer = client.get(reverse(name))
    if answer.status_code == 200 and b"<html" in b"".join(answer):
        found.append(reverse(name))
print(json.dumps(found))
"""


def quarter_before() -> str:
    """The first day of the quarter before the running one."""
    today = datetime.now(UTC).date()
    month = today.year * 12 + (today.month - 1) // 3 * 3 - 3
    return f"{month // 12}-{month % 12 + 1:02d}-01"


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """The server; `site.account` has a long story, `site.bare` has none."""
    installation = Installation.create(tmp_path_factory.mktemp("site"))
    account, bare, *renewal = installation.python(COMPANY).split()
    installation.account, installation.bare = int(account), int(bare)
    installation.renewal = f"/renewals/{renewal[0]}/{renewal[1]}/call"
    installation.serve()
    yield installation
    installation.close()


@pytest.fixture(scope="package")
def pages(site) -> list[str]:
    """Every page an administrator may open, and an account's tabs."""
    tabs = ("", "/outlook", "/health", "/usage", "/people", "/contract", "/timeline", "/details")
    return [*site.json(ADDRESSES), *(f"/accounts/{site.account}{tab}" for tab in tabs)]


@pytest.fixture(scope="package")
def addresses(site, pages) -> list[str]:
    """Every page, single things, and what they look like filtered, long ago and empty."""
    states = [
        "/accounts?q=nobody-is-called-this",
        *(f"/models/runs/{run}" for run in (1, 2)),
        "/models/backtests?months=12&measure=slope",
        "/ladder?segment=Enterprise",
        "/ladder?missing=C3",
        "/settings/metrics/key/active_people",
        "/settings/scorecards/key/standard",
        "/settings/users/1",
        "/settings/versions/ladder/default/0",
        *(f"/accounts/segments/1{part}" for part in ("", "/edit", "/text")),
        "/accounts/segments/new?example=slipping_clients",
        *(f"/plays/renewal_90{part}" for part in PARTS_OF_A_PLAY),
        "/plays?q=nobody",
        "/plays/runs/1",
        f"/accounts/{site.account}/start",
        "/settings/channels/1",
        "/search?q=a",
        "/search?q=nobody-is-called-this",
        "/executive?quarter=" + quarter_before(),
        site.renewal,
        "/tasks/1",
        "/today?only=task&owner=none",
        "/renewals?segment=nobody",
        f"/renewals?quarter={quarter_before()}",
        f"/accounts/{site.account}?on=2026-01-15",
        "/retention?segment=nobody",
        "/retention?period=custom&show=net&cohort=quarter&split=tier&by=level",
        f"/accounts/{site.account}/health?on=2001-01-01",
    ]
    bare = [page.replace(f"/{site.account}", f"/{site.bare}") for page in pages]
    return [*pages, *states, *(page for page in bare if page not in pages)]


@pytest.fixture(scope="package")
def chromium():
    """The browser. It ends with these tests: while it runs, Django takes the process for one that
    must not wait for a database, and whatever the worker does next would be refused.
    """
    path = find()
    if path is None:
        pytest.fail("No Chromium: run `python tools/chromium.py install`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A signed-in page that keeps what went wrong in it and which hosts it asked."""

    signed_in: ClassVar[dict[tuple[str, str], Any]] = {}

    def __init__(self, chromium, site, who, at="", size=WIDE, scheme="light", script=True):
        self.site = site
        self.known = self.signed_in.get((site.host, who))
        self.context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=site.host,
            java_script_enabled=script,
            storage_state=self.known,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        if who and not self.known:
            self.sign_in(who)
        if at:
            self.page.goto(at)

    def _heard(self, message):
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def sign_in(self, who):
        self.page.goto("/account/login/")
        self.page.get_by_label("Email").fill(f"{who}@example.com")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/today")
        self.signed_in[(self.site.host, who)] = self.context.storage_state()

    def assert_clean(self):
        assert not self.faults
        assert {h for h in self.hosts if h} <= {f"127.0.0.1:{self.site.port}"}


@pytest.fixture
def visit(chromium, site):
    """A browser of somebody: `visit("csm", at="/accounts", size=NARROW, scheme="dark")`."""
    made: list[Visit] = []

    def opened(who="leader", **options) -> Visit:
        made.append(Visit(chromium, site, who, **options))
        return made[-1]

    yield opened
    for one in made:
        one.context.close()
