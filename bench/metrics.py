"""The panel against hand-written SQL in DuckDB and in PostgreSQL, its memory, and a new day's cost.

`python bench/metrics.py [--events 20000000] [--accounts 10000] [--no-postgres] [--keep]`. All
sides compute the same twelve metrics for the same weeks from the same files, in turn, each in a
process of its own. `--no-postgres --events 100000000` shows that memory does not grow with events.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SQL = HERE / "metrics_sql"
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LAST = date(2025, 12, 28)  # a Sunday: 104 whole weeks
KEYS = [
    "events",
    "active_people",
    "active_people_28d",
    "active_days",
    "feature_breadth",
    "stickiness",
    "days_since_active",
    "usage_trend",
    "usage_vs_baseline",
    "active_weeks_share_26",
    "exports_value",
    "events_per_person",
]
BARS = {"duckdb": 1.3, "postgres": 2.0, "book": 15.0, "day": 20.0, "memory_mb": 500.0}


def generate(folder: Path, events: int, accounts: int) -> None:
    """Two years of events, a power law over accounts, in files as the store writes them."""
    import duckdb

    days = (LAST - FIRST.date()).days + 1
    with duckdb.connect(config={"threads": 2, "memory_limit": "3GB"}) as db:
        db.execute("SET TimeZone='UTC'")
        month = FIRST.date()
        while month <= LAST:
            following = (month + timedelta(days=32)).replace(day=1)
            end = min(following, LAST + timedelta(days=1))
            share = (end - month).days / days
            target = folder / f"{month:%Y-%m}"
            target.mkdir(parents=True)
            write_events(db, target / "events.parquet", month, end, int(events * share), accounts)
            month = following


def write_events(db: Any, path: Path, begin: date, end: date, count: int, accounts: int) -> None:
    seconds = (end - begin).days * 86_400
    # One number to hash for each draw: hashes of several values are not independent.
    number = f"(({begin.toordinal()} * 1000000000::BIGINT + i) * 8 + {{}})"
    draw = f"(hash({number}) / 18446744073709551616.0)"
    a, p, e, t, v = (draw.format(index) for index in range(5))
    db.execute(f"""
        COPY (
          SELECT account_id, account_id * 60 + (pow({p}, 2) * 50)::BIGINT AS person_id,
            0::BIGINT AS actor_id, 0::BIGINT AS ref_id,
            if({e} < 0.05, 'export', 'feature_' || (pow({e}, 2) * 14)::INT) AS event,
            occurred_at, occurred_at AS received_at, ''::BLOB AS message_id,
            if({e} < 0.05, '{{"value": ' || round({v} * 100, 2) || ', "format": "csv"}}', NULL)
              AS properties
          FROM (
            SELECT i, 1 + floor(pow({a}, 1.5) * {accounts})::BIGINT AS account_id,
              TIMESTAMPTZ '{begin} 00:00:00+00'
                + to_microseconds(({t} * {seconds}e6)::BIGINT) AS occurred_at
            FROM range({count}) AS series(i)
          )
          ORDER BY account_id, occurred_at
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)
    """)


def environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "TENURE_HOME": str(home),
        "TENURE_EVENTS_URL": str(home / "events"),
        "TENURE_DATABASE_URL": f"sqlite://{home}/tenure.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
    }


def child(home: Path, *arguments: str) -> dict[str, Any]:
    """Run one side in a process of its own; what it printed last."""
    command = [sys.executable, str(HERE / "metrics.py"), "--child", *arguments, "--home", str(home)]
    done = subprocess.run(command, env=environment(home), check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def prepare(home: Path, accounts: int) -> dict[str, Any]:
    """Accounts and the manifest of the store."""
    import django

    django.setup()
    from django.core.management import call_command

    from tenure.accounts.models import Account

    call_command("migrate", verbosity=0)
    Account.objects.bulk_create(
        Account(external_id=f"a{n}", name=f"a{n}", created_at=FIRST, recorded_at=FIRST)
        for n in range(accounts)
    )
    for path in sorted((home / "events").rglob("*.parquet")):
        register(home, path)
    return {}


def register(home: Path, path: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from tenure.events.models import StoreFile

    table = pq.read_table(path, columns=["account_id", "occurred_at"])
    times, accounts = pc.min_max(table["occurred_at"]).as_py(), pc.min_max(table["account_id"])
    StoreFile.objects.create(
        path=str(path.relative_to(home / "events")),
        month=times["min"].date().replace(day=1),
        rows=len(table),
        bytes=path.stat().st_size,
        account_min=accounts.as_py()["min"],
        account_max=accounts.as_py()["max"],
        occurred_min=times["min"],
        occurred_max=times["max"],
        created_at=FIRST,
    )


def catalogue() -> Any:
    from tenure.metrics.selectors import catalogue_current

    return catalogue_current().only(KEYS)


def refresh(day: date) -> float:
    from tenure.core import clock
    from tenure.metrics.services import panel_refresh

    begin = time.perf_counter()
    with clock.at(datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)):
        panel_refresh(catalogue=catalogue(), snapshots=False)
    return time.perf_counter() - begin


def ours(home: Path) -> dict[str, Any]:
    """The full panel, from nothing. Importing is timed on neither side."""
    import django
    import ibis.backends.sql.compilers  # noqa: F401

    django.setup()
    import tenure.metrics.services  # noqa: F401
    from tenure.metrics.models import PanelFile, PanelState

    PanelFile.objects.all().delete()
    PanelState.objects.all().delete()
    shutil.rmtree(home / "panel", ignore_errors=True)
    seconds = refresh(LAST)
    return {"seconds": seconds, "memory_mb": peak_mb()}


def next_day(home: Path, accounts: int, events: int) -> dict[str, Any]:
    """What a running worker spends on a new day, averaged over three of them."""
    import django
    import duckdb

    django.setup()
    from tenure.core import clock
    from tenure.events.models import DirtyWeek

    seconds = []
    for number in range(4):
        day = LAST + timedelta(days=1 + number)
        path = home / "events" / "new" / f"{day}.parquet"
        path.parent.mkdir(exist_ok=True)
        with duckdb.connect() as db:
            db.execute("SET TimeZone='UTC'")
            write_events(db, path, day, day + timedelta(days=1), events // 728, accounts)
        register(home, path)
        DirtyWeek.objects.create(
            week=clock.week_start(day), account_min=1, account_max=accounts, created_at=FIRST
        )
        seconds.append(refresh(day))
    # The first one compiles; a worker has done that long ago.
    return {"seconds": sum(seconds[1:]) / 3, "memory_mb": peak_mb()}


def hand_written(home: Path, accounts: int) -> dict[str, Any]:
    """The same numbers by SQL written for them, to a Parquet file."""
    import duckdb

    begin = time.perf_counter()
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as db:
        db.execute("SET TimeZone='UTC'")
        text = (SQL / "duckdb.sql").read_text()
        db.execute(
            text.replace(":events", f"'{home}/events/20*/*.parquet'")
            .replace(":accounts", str(accounts))
            .replace(":output", f"'{home}/by_hand.parquet'")
        )
    return {"seconds": time.perf_counter() - begin, "memory_mb": peak_mb()}


def differences(home: Path) -> int:
    """Values in which the panel and the hand-written SQL differ."""
    import duckdb

    tests = " OR ".join(
        f"a.{key} IS DISTINCT FROM b.{key} AND NOT coalesce(abs(a.{key} - b.{key}) <= "
        f"1e-9 * greatest(1, abs(b.{key})), false)"
        for key in KEYS
    )
    with duckdb.connect() as db:
        row = db.execute(f"""
            SELECT count(*) FROM read_parquet('{home}/panel/*/*.parquet', union_by_name=true) a
            FULL JOIN '{home}/by_hand.parquet' b USING (account_id, week) WHERE {tests}
        """).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    options = arguments()
    if options.child:
        return run_child(options)
    base = Path(tempfile.mkdtemp(prefix="tenure-bench-metrics-"))
    home = options.home or base
    try:
        if not (home / "events").exists():
            print(f"making {options.events:,} events of {options.accounts:,} accounts …")
            generate(home / "events", options.events, options.accounts)
            child(home, "prepare", str(options.accounts))
        return measure(home, options)
    finally:
        if not options.keep:
            shutil.rmtree(base, ignore_errors=True)


def run_child(options: argparse.Namespace) -> int:
    side, *numbers = options.child
    sides: dict[str, Callable[..., dict[str, Any]]] = {
        "prepare": prepare,
        "ours": ours,
        "day": next_day,
        "by_hand": hand_written,
    }
    print(json.dumps(sides[side](options.home, *map(int, numbers))))
    return 0


def measure(home: Path, options: argparse.Namespace) -> int:
    rounds = [
        (child(home, "ours"), child(home, "by_hand", str(options.accounts)))
        for _ in range(options.rounds)
    ]
    mine = min(round_[0]["seconds"] for round_ in rounds)
    hand = min(round_[1]["seconds"] for round_ in rounds)
    memory = max(round_[0]["memory_mb"] for round_ in rounds)
    wrong = differences(home)
    day = child(home, "day", str(options.accounts), str(options.events))
    figures = {
        "duckdb": mine / hand,
        "memory_mb": max(memory, day["memory_mb"]),
        "day": mine / day["seconds"],
    }
    print(f"{'full panel':<34}{mine:>10.2f} s{memory:>10.0f} MB")
    print(f"{'hand-written DuckDB SQL':<34}{hand:>10.2f} s{rounds[0][1]['memory_mb']:>10.0f} MB")
    print(f"{'a new day':<34}{day['seconds']:>10.2f} s{day['memory_mb']:>10.0f} MB")
    print(f"{'values that differ':<34}{wrong:>10}")
    if options.postgres:
        figures |= postgres(home, options.accounts, mine)
    return verdict(figures, wrong)


def postgres(home: Path, accounts: int, mine: float) -> dict[str, float]:
    """How many times slower PostgreSQL is: in one statement, and metric by metric."""
    from metrics_postgres import measure_postgres

    seconds = measure_postgres(home, accounts)
    print(f"{'PostgreSQL, one statement':<34}{seconds['set']:>10.2f} s")
    print(f"{'PostgreSQL, metric by metric':<34}{seconds['book']:>10.2f} s")
    return {"postgres": seconds["set"] / mine, "book": seconds["book"] / mine}


def verdict(figures: dict[str, float], wrong: int) -> int:
    upper = {"duckdb", "memory_mb"}
    short = [
        name
        for name, figure in figures.items()
        if (figure > BARS[name] if name in upper else figure < BARS[name])
    ]
    shown = ", ".join(f"{name} {figure:.2f}" for name, figure in figures.items())
    bars = ", ".join(f"{name} {'≤' if name in upper else '≥'} {BARS[name]:g}" for name in figures)
    print(f"METRICS: {shown}, differing {wrong} (bar: {bars}, differing 0)")
    return 1 if short or wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--no-postgres", dest="postgres", action="store_false")
    parser.add_argument("--keep", action="store_true", help="keep what was made")
    parser.add_argument("--home", type=Path, help="use (and keep) this folder")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
