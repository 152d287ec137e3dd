"""The week of a large team: 20,000 accounts, 5 plays, 50 success managers."""

import time

import numpy as np
from results import Part, Table, at_most

from tenure.engine.planning import Account, Manager, Play, Week, plan

ACCOUNTS, MANAGERS = 20_000, 50
LANGUAGES = ("de", "en", "fr")
POOLED = {"books are owned": 0.0, "three in ten are pooled": 0.3, "all are pooled": 1.0}
COLUMNS = ("", "seconds", "processor seconds", "gap", "plays", "hours used")


def week(pooled: float, seed: int = 1) -> Week:
    """Half of the managers have a skill that two of the plays ask for."""
    random = np.random.default_rng(seed)
    skill = frozenset({"commercial"})
    people = [
        Manager(
            c, 25.0 + float(random.integers(0, 10)), 45.0 + 5.0 * float(random.integers(0, 4)),
            skill if c % 2 else frozenset(), frozenset(LANGUAGES[: 1 + c % 3]),
        )
        for c in range(MANAGERS)
    ]  # fmt: skip
    plays = [
        Play(a, hours, skill if a > 2 else frozenset())
        for a, hours in enumerate((0.5, 1.0, 2.0, 3.0, 6.0))
    ]
    margin = np.exp(random.normal(8.5, 1.0, ACCOUNTS))
    owner = random.integers(0, MANAGERS, ACCOUNTS)
    accounts = [
        Account(
            i, float(margin[i]), None if random.random() < pooled else int(owner[i]),
            LANGUAGES[random.integers(0, 3)], bool(random.random() < 0.05),
        )
        for i in range(ACCOUNTS)
    ]  # fmt: skip
    size = random.normal(0.02, 0.04, (ACCOUNTS, 5)) * np.array([0.5, 0.8, 1.0, 1.2, 1.8])
    return Week(people, plays, accounts, size)


def run() -> Part:
    rows, slowest, worst, over = [], 0.0, 0.0, 0.0
    for name, pooled in POOLED.items():
        made = week(pooled)
        begin, used = time.perf_counter(), time.process_time()
        found = plan(made)
        seconds, processor = time.perf_counter() - begin, time.process_time() - used
        hours = sum(load.used for load in found.loads)
        over = max(over, *(load.used - load.free for load in found.loads))
        slowest, worst = max(slowest, seconds), max(worst, found.gap)
        share = f"{hours:,.0f} of {sum(load.free for load in found.loads):,.0f}"
        texts = (f"{seconds:.1f}", f"{processor:.1f}", f"{found.gap:.3%}")
        rows.append((name, *texts, f"{len(found.assignments):,}", share))
    prose = (
        f"{ACCOUNTS:,} accounts × 5 plays × {MANAGERS} success managers, with skills, languages "
        "and one in twenty not to be disturbed, on one thread. The gap is to what no plan can "
        "exceed."
    )
    figures = (
        at_most("WEEK, SLOWEST", slowest, 10.0, 1, " s"),
        at_most("WEEK, HOURS BEYOND ANYBODY'S", max(over, 0.0), 1e-6, 6),
        at_most("WEEK, LARGEST GAP", 100.0 * worst, 1.0, 3, " %"),
    )
    return Part(prose, (Table("A week's plan", COLUMNS, tuple(rows)),), figures)
