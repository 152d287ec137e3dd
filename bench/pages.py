"""Time on the server of every page, with 10,000 accounts and their history in the database.

`make bench-pages`, or `python bench/pages.py [--home DIR] [--accounts 2000] [--rounds 10]`. Pages
are found by walking the addresses, so a new one is measured without being named here. Each is asked
as a browser does, through Django's whole handler (middleware, session, database, templates, gzip),
in this process, in turns, by a success manager (with a fiftieth of the accounts), a leader and an
administrator; the pages of one account for accounts picked at random among those with a long past.

Columns: p50 and p95 once the page has been asked before, the first request with nothing in any
cache, queries, kilobytes as sent, and p95 over that of the role's list of accounts. Bar: 95 of 100
answers of each page within 150 ms. `--processor` judges by this process's processor time instead of
the clock's, for a machine that others use as well. `--home` keeps the company, and uses the one
kept there; the clock then stands at the moment it was made. `--database` puts it into PostgreSQL.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

BAR_MS = 150.0
ROOT = Path(__file__).resolve().parent.parent
VARIANTS = {
    "adoption": ("?show=uses&sort=-0&page=3", "?level=client&plan=1"),
    "adoption_funnel": ("?step=login&step=export&within=14&split=level",),
    "search": ("?q=ce", "?q=grace"),
    "team": ("?on=2026-09-01",),
    "team_rebalance": ("?width=25",),
    "today": ("?only=renewal", "?owner=none"),
    "accounts": (
        "?level=client&band=good", "?q=cedar&sort=-health", "?sort=owner&page=40",
        "?renews=90&sort=renews", "?sort=-m.seat_share&cols=m.seat_share&cols=mrr",
    ),
    "account": ("?on=2026-01-15",),
    "account_timeline": ("?page=2", "?kind=ticket"),
    "models_backtests": ("?months=12&measure=slope",),
    "renewals": (
        "?sort=-risk&page=2", "?segment=Enterprise&term=year", "?tier=2&sort=owner&called=none",
    ),
    "retention": (
        "?period=year&split=tier&by=segment", "?cohort=quarter&show=net&by=level",
        "?segment=Enterprise&tier=2", "?period=custom&from=2025-02&to=2026-01&by=term",
    ),
}  # fmt: skip
FILES = (".csv", ".json", ".yaml")
SKIP = {"healthz", "home", "unsubscribe", "unsubscribe_person"}
ROLES = {"csm": "csm0@example.com", "leader": "leader@example.com", "admin": "admin@example.com"}


@dataclass
class Page:
    """One page as one role asks for it. Times in milliseconds."""

    role: str
    name: str
    places: Sequence[str]
    first: float = 0.0
    queries: int = 0
    size: int = 0
    times: list[float] = field(default_factory=list)

    def cut(self, share: int) -> float:
        """The time within which so many of twenty answers came."""
        few = len(self.times) < 2
        return self.times[0] if few else quantiles(self.times, n=20, method="inclusive")[share - 1]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="pages whose name begins so, parted by commas")
    parser.add_argument("--roles", default=",".join(ROLES))
    parser.add_argument("--processor", action="store_true", help="judge by processor time")
    parser.add_argument("--home", type=Path, help="use (and keep) the company in this folder")
    parser.add_argument("--database", default="", help="postgres://… instead of a file")
    return parser.parse_args()


@contextmanager
def folder(home: Path | None) -> Iterator[Path]:
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        yield home.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as made:
        yield Path(made)


def prepare(home: Path, database: str = "") -> None:
    """Settings for a database of its own; must come before Django reads them."""
    os.environ["TENURE_HOME"] = str(home)
    os.environ["TENURE_SECRET_KEY"] = "only for the benchmark"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.config.settings"
    os.environ.pop("TENURE_DATABASE_URL", None)
    if database:
        os.environ["TENURE_DATABASE_URL"] = database
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def company(home: Path, options: argparse.Namespace) -> datetime:
    """Make the company unless it is there; when it was made."""
    from django.core.management import call_command

    wanted = {"accounts": options.accounts, "stories": options.stories, "at": options.database}
    mark = home / "company.json"
    if mark.exists():
        kept: dict[str, Any] = json.loads(mark.read_text())
        made = datetime.fromisoformat(kept.pop("made"))
        if kept != wanted:
            raise SystemExit(f"{home} holds another company: {kept}; give another --home.")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        return made
    from pages_company import build
    from tenure.core import clock

    started, made = time.perf_counter(), datetime.now(UTC)
    with clock.at(made):
        build(options.accounts, options.stories)
    mark.write_text(json.dumps(wanted | {"made": made.isoformat()}))
    print(f"{options.accounts} accounts built in {time.perf_counter() - started:.0f} s")
    return made


def targets(role: str) -> dict[str, list[str]]:
    """A name and the addresses to ask in turn, for every page that the role may open."""
    from django.urls import reverse

    from tenure.core.models import User
    from tenure.segments.models import Segment
    from tenure.web.tests.everything import addresses
    from tenure.web.tests.test_roles import PATTERNS, allowed

    user = User.objects.get(email=ROLES[role])
    told = _told(user)
    known = addresses(told[0], user)
    segments = list(Segment.objects.values_list("pk", flat=True))
    found: dict[str, list[str]] = {}
    for name, pattern in sorted(PATTERNS.items()):
        if name in SKIP or known[name].endswith(FILES) or not allowed(name, role):
            continue
        converters = set(pattern.pattern.converters)
        places = [known[name]]
        if converters == {"account_id"}:
            places = [reverse(name, args=[account.pk]) for account in told]
        elif converters == {"segment_id"}:
            places = [reverse(name, args=[pk]) for pk in segments]
        found[name] = places
        for variant in VARIANTS.get(name, ()) if role == "admin" else ():
            found[f"{name}{variant}"] = [place + variant for place in places]
    return found


def _told(user: Any) -> list[Any]:
    """The accounts with a long past that the user sees, the one with everything first."""
    from tenure.accounts.selectors import accounts_visible
    from tenure.timeline.models import Outcome

    with_past = Outcome.objects.values("account")
    found = accounts_visible(user).filter(pk__in=with_past).order_by("pk")
    return sorted(found, key=lambda account: not account.renewals.filter(monthly=False).exists())


def measure(pages: Sequence[Page], rounds: int, now: Callable[[], float]) -> list[Page]:
    """Ask each page without caches, then warm for its queries, then in turns for its times."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    from tenure.core.models import User
    from tenure.web.started import get_ready

    settings.ALLOWED_HOSTS = ["testserver"]
    get_ready()
    clients = {role: Client(headers={"accept-encoding": "gzip"}) for role in ROLES}
    for role, email in ROLES.items():
        clients[role].force_login(User.objects.get(email=email))
    dice, found, left = random.Random(7), [], []
    for page in pages:
        client, place = clients[page.role], page.places[0]
        client.get(place)
        cache.clear()
        status, page.first = asked(client, place, now)
        if status == 200:
            page.queries, page.size = counted(client, place)
            found.append(page)
        elif status != 405:
            left.append(f"{page.role} {page.name} {status}")
    print("Without a page of their own:", ", ".join(left) or "none")
    for turn in range(rounds + 1):
        for page in found:
            status, spent = asked(clients[page.role], dice.choice(page.places), now)
            if status != 200:
                raise SystemExit(f"{page.name} answered {status}.")
            if turn:  # the first fills again what asking without caches has thrown away
                page.times.append(spent)
    return found


def asked(client: "Client", place: str, now: Callable[[], float]) -> tuple[int, float]:
    started = now()
    answer = client.get(place)
    return answer.status_code, (now() - started) * 1000


def counted(client: "Client", place: str) -> tuple[int, int]:
    """Queries of a request, and the bytes of its answer."""
    from django.db import connection

    queries = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(place)
    return queries, len(answer.content)


def told(pages: Sequence[Page]) -> float:
    """Print the table; the slowest p95."""
    lists = {page.role: page.cut(19) for page in pages if page.name == "accounts"}
    print(
        f"{'role':7}{'page':58}{'p50 ms':>8}{'p95 ms':>8}{'first':>8}"
        f"{'queries':>9}{'kB':>7}{'ratio':>7}"
    )
    for page in pages:
        p95, base = page.cut(19), lists.get(page.role, 0.0)
        ratio = f"{p95 / base:7.2f}" if base else f"{'':7}"
        print(
            f"{page.role:7}{page.name:58}{page.cut(10):8.1f}{p95:8.1f}{page.first:8.0f}"
            f"{page.queries:9}{page.size / 1000:7.1f}{ratio}{'  OVER' if p95 > BAR_MS else ''}"
        )
    return max(page.cut(19) for page in pages)


def main() -> int:
    options = arguments()
    now = time.process_time if options.processor else time.perf_counter
    with folder(options.home) as home:
        prepare(home, options.database)
        made = company(home, options)
        from tenure.core import clock

        begins = tuple(options.only.split(","))
        with clock.at(made):
            pages = [
                Page(role, name, places)
                for role in options.roles.split(",")
                for name, places in targets(role).items()
                if name.startswith(begins)
            ]
            worst = told(measure(pages, options.rounds, now))
    print(f"PAGES: slowest page {worst:.0f} ms at p95 (bar: {BAR_MS:.0f} ms)")
    return int(worst > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
