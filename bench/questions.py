"""Questions asked of the event store while somebody waits, against SQL written for them by hand.

`python bench/questions.py [--events 20000000] [--accounts 10000] [--rounds 5] [--home DIR]`. Six
questions, two funnels and two of coming back, over the store that `bench/metrics.py` makes. Both
sides read the same files with as many threads and as much memory, in turn, in one process; each
is opened anew for every question, as the page does. What they find has to be the same.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import metrics

BAR_SECONDS = 2.0
LAST = metrics.LAST
HALF, YEAR, QUARTER = (LAST - timedelta(days=days - 1) for days in (182, 364, 90))
STEPS = ("feature_1", "feature_4", "export")


@dataclass(frozen=True)
class Case:
    """One thing asked: by us, by hand, and how the answers are laid out to be compared."""

    name: str
    ours: Callable[[], Any]
    hand: Callable[[], Any]


def by_hand(home: Path, sql: str, first: date) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "512MB"}) as db:
        db.execute("SET TimeZone='UTC'")
        db.execute(f"""
            CREATE TEMP VIEW e AS SELECT account_id, account_id % 3 AS plan, person_id, event,
              occurred_at AS ts, properties FROM '{home}/events/20*/*.parquet'
            WHERE occurred_at >= '{first}' AND occurred_at < '{LAST + timedelta(days=1)}'
        """)
        return list(db.execute(sql).fetchall())


def ours(accounts: int, first: date, ask: Callable[[Any], Any]) -> Any:
    import numpy as np

    from tenure.events.selectors import store_snapshot
    from tenure.metrics.questions import Limits, LiveStore
    from tenure.metrics.questions.live import Asked

    keys = np.arange(1, accounts + 1)
    asked = Asked(keys, keys % 3, keys % 3, keys % 3)
    with LiveStore(store_snapshot(), asked, first, LAST, Limits(seconds=120)) as store:
        return ask(store)


def cells(found: Any) -> dict[Any, float]:
    return {
        (split, bucket): round(float(value), 6)
        for split, line in zip(found.splits, found.values, strict=True)
        for bucket, value in zip(found.buckets, line, strict=True)
        if value and value == value
    }


def told(rows: list[tuple[Any, ...]]) -> dict[Any, float]:
    return {(str(s), str(b)[:10] if b else ""): round(float(v), 6) for s, b, v in rows if v}


def question(home: Path, accounts: int, name: str, sql: str, first: date, **asked: Any) -> Case:
    from tenure.metrics.questions import Question, answer

    given = Question(first, LAST, **asked).checked()
    return Case(
        name,
        lambda: cells(ours(accounts, first, lambda store: answer(store, given))),
        lambda: told(by_hand(home, sql, first)),
    )


def questions(home: Path, accounts: int) -> list[Case]:
    from tenure.metrics.questions import Filter

    week, month = "date_trunc('week', ts)", "date_trunc('month', ts)"
    value = "try_cast(json_extract_string(properties, '$.value') AS DOUBLE)"
    csv = "json_extract_string(properties, '$.format') = 'csv'"
    rows: list[tuple[str, str, date, dict[str, Any]]] = [
        ("events by week, half a year", f"SELECT '', {week}, count(*) FROM e GROUP BY 2", HALF, {}),
        ("people by week and plan, half a year",
         f"SELECT plan, {week}, count(DISTINCT person_id) FROM e GROUP BY 1, 2", HALF,
         {"measure": "people", "split": "plan"}),
        ("accounts by month and event, a year",
         f"SELECT event, {month}, count(DISTINCT account_id) FROM e GROUP BY 1, 2", YEAR,
         {"measure": "accounts", "split": "event", "grain": "month"}),
        ("sum of a property by month, a year",
         f"SELECT '', {month}, sum({value}) FROM e WHERE event = 'export' GROUP BY 2", YEAR,
         {"measure": "sum", "of": "value", "events": ("export",), "grain": "month"}),
        ("average where a property is, half a year",
         f"SELECT '', {week}, avg({value}) FROM e WHERE event = 'export' AND {csv} GROUP BY 2",
         HALF, {"measure": "mean", "of": "value", "events": ("export",),
                "filters": (Filter("format", "is", "csv"),)}),
        ("people by event over a year",
         "SELECT event, '', count(DISTINCT person_id) FROM e GROUP BY 1", YEAR,
         {"measure": "people", "split": "event", "grain": "all"}),
    ]  # fmt: skip
    return [question(home, accounts, n, sql, first, **asked) for n, sql, first, asked in rows]


def funnel(home: Path, accounts: int, by: str) -> Case:
    from tenure.metrics.questions import features_in_force, funnel_found

    unit = "account_id" if by == "accounts" else "person_id"
    sql = f"""
        WITH s AS (
          SELECT {unit} AS u, ts, list_position({list(STEPS)}, event) AS step FROM e
          WHERE event IN {STEPS}
        ), one AS (
          SELECT u, ts, step, max(ts) FILTER (step = 1) OVER w AS start FROM s
          WINDOW w AS (PARTITION BY u ORDER BY ts, step)
        ), two AS (
          SELECT u, ts, step,
            if(step = 2 AND ts - start <= INTERVAL 14 DAY, start, NULL) AS second FROM one
        ), three AS (
          SELECT u, ts, step, second, max(second) OVER (PARTITION BY u ORDER BY ts, step) AS start
          FROM two
        )
        SELECT count(DISTINCT u) FILTER (step = 1), count(DISTINCT u) FILTER (second IS NOT NULL),
          count(DISTINCT u) FILTER (step = 3 AND ts - start <= INTERVAL 14 DAY)
        FROM three
    """

    def ask(store: Any) -> Any:
        return funnel_found(store, features_in_force(), STEPS, by=by, days=14, last=LAST)

    def reached() -> list[int]:
        found = ours(accounts, QUARTER, ask).funnel.reached
        return [int((found > step).sum()) for step in range(len(STEPS))]

    return Case(f"funnel of {by}, a quarter", reached, lambda: list(by_hand(home, sql, QUARTER)[0]))


def comeback(home: Path, accounts: int, by: str) -> Case:
    from tenure.metrics.questions import features_in_force, first_period, laid_out, seen_found

    first = metrics.FIRST.date()
    unit = "account_id" if by == "accounts" else "person_id"
    sql = f"""
        WITH seen AS (
          SELECT DISTINCT {unit} AS u, datediff('month', DATE '1970-01-01', ts::DATE) AS m FROM e
        ), began AS (SELECT u, min(m) AS b FROM seen GROUP BY 1)
        SELECT m - b, count(*) FROM seen JOIN began USING (u)
        WHERE b > datediff('month', DATE '1970-01-01', DATE '{first}')
          AND m < datediff('month', DATE '1970-01-01', DATE '{LAST}') AND m - b < 25 GROUP BY 1
    """

    def ask(store: Any) -> Any:
        since = first_period("month", first, LAST)
        seen = seen_found(store, features_in_force(), "", by=by, grain="month", first=since)
        return laid_out(seen, grain="month", ages=25, today=LAST)

    def active() -> dict[int, int]:
        found = ours(accounts, first, ask).comeback.active.sum(axis=0)
        return {age: int(count) for age, count in enumerate(found) if count}

    def hand() -> dict[int, int]:
        return {int(age): int(count) for age, count in by_hand(home, sql, first)}

    return Case(f"coming back of {by}, two years", active, hand)


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    found = ask()
    return time.perf_counter() - begin, found


def measure(home: Path, accounts: int, rounds: int) -> int:
    from tenure.core import clock

    cases = questions(home, accounts)
    cases += [
        make(home, accounts, by) for make in (funnel, comeback) for by in ("accounts", "people")
    ]
    slow, wrong, ratios = [], [], []
    print(f"{'':<44}{'ours':>9}{'by hand':>9}{'ratio':>8}   (95th percentile of {rounds} rounds)")
    with clock.at(metrics.FIRST.replace(year=LAST.year, month=LAST.month, day=LAST.day, hour=12)):
        for case in cases:
            pairs = [(timed(case.ours), timed(case.hand)) for _ in range(rounds)]
            mine, hand = (percentile([p[side][0] for p in pairs]) for side in (0, 1))
            same = all(a[1] == b[1] for a, b in pairs)
            ratios.append(mine / hand)
            slow += [case.name] if mine > BAR_SECONDS else []
            wrong += [] if same else [case.name]
            mark = "" if same else "  DIFFERS"
            print(f"{case.name:<44}{mine:>8.2f}s{hand:>8.2f}s{mine / hand:>8.2f}{mark}", flush=True)
    print(
        f"QUESTIONS: over {BAR_SECONDS:g} s {len(slow)} of {len(cases)}, differing {len(wrong)}, "
        f"largest ratio {max(ratios):.2f} (bar: 0, 0)"
    )
    return 1 if slow or wrong else 0


def percentile(seconds: list[float]) -> float:
    import numpy as np

    return float(np.percentile(seconds, 95))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", type=Path, help="use (and keep) this folder")
    options = parser.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="tenure-bench-questions-"))
    try:
        if not (home / "events").exists():
            print(f"making {options.events:,} events of {options.accounts:,} accounts …")
            metrics.generate(home / "events", options.events, options.accounts)
            metrics.child(home, "prepare", str(options.accounts))
        import os

        os.environ.update(metrics.environment(home))
        import django

        django.setup()
        return measure(home, options.accounts, options.rounds)
    finally:
        if options.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
