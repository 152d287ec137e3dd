"""Time on the server of every page, with 10,000 accounts and their history in the database.

`make bench-pages`, or `python bench/pages.py --accounts 2000 --rounds 10`. Pages are found by
walking the addresses, so a new one is measured without being named here. Each is asked through
Django's whole handler (middleware, session, database, templates), in this process, in turns, for
accounts picked at random; Today as a success manager with a fiftieth of the accounts too.
Bar: 95 of 100 answers of each page within 150 ms. `--processor` judges by this process's processor
time instead of the clock's, for a machine that others use as well.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

BAR_MS = 150.0
ROOT = Path(__file__).resolve().parent.parent
VARIANTS = {
    "adoption": ("?show=uses&sort=-0&page=3", "?level=client&plan=1"),
    "adoption_funnel": ("?step=login&step=export&within=14&split=level",),
    "executive": (),
    "search": ("?q=ce", "?q=grace"),
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
SKIP = {"accounts_csv", "adoption_csv", "adoption_questions_csv", "healthz", "home", "renewals_csv"}
SEGMENTS = ("segment", "segment_edit", "segment_text")
OWNERS = 50


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="pages whose name begins so")
    parser.add_argument("--processor", action="store_true", help="judge by processor time")
    return parser.parse_args()


def prepare(home: str) -> None:
    """Settings for a database of its own; must come before Django reads them."""
    os.environ["TENURE_HOME"] = home
    os.environ["TENURE_SECRET_KEY"] = "only for the benchmark"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.config.settings"
    os.environ.pop("TENURE_DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def build(options: argparse.Namespace) -> None:
    """The company: accounts with what the refresh derives, some of them with a long past."""
    from django.core.management import call_command

    from tenure.core import clock
    from tenure.core.pipeline import Refresh
    from tenure.core.roles import Role
    from tenure.core.services import user_create
    from tenure.segments.shipped import segments_install_examples
    from tenure.segments.stage import segments_refresh
    from tenure.web.tests.evidence import chances_make, evidence_make, levels_make
    from tenure.web.tests.factories import book_make, story_make
    from tenure.web.tests.foresight import renewals_make
    from tenure.web.tests.paying import books_make, costs_make, paid_make
    from tenure.web.tests.using import usage_make

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    owners = [
        user_create(actor=None, email=f"csm{i}@example.com", role=Role.CSM) for i in range(OWNERS)
    ]
    user_create(actor=None, email="admin@example.com", role=Role.ADMIN)
    book = book_make(options.accounts, owners=owners)
    paid_make(book)
    costs_make()
    for account in random.Random(1).sample(book, min(options.stories, len(book))):
        story_make(account, touchpoints=60)
    evidence_make()
    levels_make(book)
    chances_make()
    books_make()
    renewals_make(book, author=owners[0])
    usage_make(book)
    segments_install_examples()
    segments_refresh(Refresh(clock.today()))


def targets() -> dict[str, list[str]]:
    """A name and the addresses to ask in turn, for every page that answers a GET."""
    from django.urls import reverse

    from tenure.segments.models import Segment
    from tenure.timeline.models import Touchpoint
    from tenure.web.tests.test_roles import PATTERNS

    told = list(Touchpoint.objects.values_list("account", flat=True).distinct())
    found: dict[str, list[str]] = {}
    for name, pattern in sorted(PATTERNS.items()):
        converters = set(pattern.pattern.converters)
        if name in SKIP or converters - {"account_id"}:
            continue
        places = [reverse(name, args=[pk]) for pk in told] if converters else [reverse(name)]
        found[name] = places
        for variant in VARIANTS.get(name, ()):
            found[f"{name}{variant}"] = [place + variant for place in places]
    for name in SEGMENTS:
        found[name] = [
            reverse(name, args=[pk]) for pk in Segment.objects.values_list("pk", flat=True)
        ]
    return found


def measure(options: argparse.Namespace) -> dict[str, list[float]]:
    """Milliseconds of each page, round after round; the first round only warms up."""
    from django.conf import settings
    from django.test import Client

    from tenure.core.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client, manager = Client(), Client()
    client.force_login(User.objects.get(email="admin@example.com"))
    manager.force_login(User.objects.get(email="csm0@example.com"))
    now = time.process_time if options.processor else time.perf_counter
    dice = random.Random(7)
    pages = {name: at for name, at in targets().items() if name.startswith(options.only)}
    pages["today, of one manager"] = ["/today"]
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(options.rounds + 1):
        for name, places in pages.items():
            place = dice.choice(places)
            who = manager if name.endswith("manager") else client
            started = now()
            answer = who.get(place)
            spent = (now() - started) * 1000
            if answer.status_code == 200 and turn:
                taken[name].append(spent)
    return {name: times for name, times in taken.items() if times}


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as home:
        prepare(home)
        started = time.perf_counter()
        build(options)
        print(f"{options.accounts} accounts built in {time.perf_counter() - started:.0f} s")
        taken = measure(options)
    worst = 0.0
    print(f"{'page':52} {'p50 ms':>8} {'p95 ms':>8}")
    for name, times in taken.items():
        cuts = quantiles(times, n=20) if len(times) > 1 else times * 19
        worst = max(worst, cuts[18])
        print(f"{name:52} {cuts[9]:8.1f} {cuts[18]:8.1f}")
    print(f"PAGES: slowest page {worst:.0f} ms at p95 (bar: {BAR_MS:.0f} ms)")
    return int(worst > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
