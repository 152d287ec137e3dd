"""Loads a million events through `tenure load`, as a process of its own, and measures it.

Run: .venv/bin/python bench/load.py [rows]
"""

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

BAR_SECONDS, BAR_MEGABYTES = 30.0, 1024.0
ACCOUNTS, PEOPLE = 2_000, 20_000


def write_files(folder: Path, rows: int) -> None:
    rng = random.Random(7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with (folder / "accounts.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "name", "created_at"])
        out.writerows([f"acc-{i}", f"Company {i}", "2023-12-01"] for i in range(ACCOUNTS))
    with (folder / "people.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "email", "account_id"])
        out.writerows(
            [f"user-{i}", f"user{i}@example.com", f"acc-{i % ACCOUNTS}"] for i in range(PEOPLE)
        )
    names = [f"feature_{i}_used" for i in range(40)]
    with (folder / "events.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["event", "timestamp", "user_id", "account_id", "message_id", "properties"])
        for i in range(rows):
            at = start + timedelta(seconds=rng.randrange(365 * 86_400))
            person = rng.randrange(PEOPLE)
            properties = json.dumps({"count": rng.randrange(100), "plan": "pro", "beta": False})
            out.writerow(
                [
                    names[rng.randrange(40)],
                    at.isoformat().replace("+00:00", "Z"),
                    f"user-{person}",
                    f"acc-{person % ACCOUNTS}",
                    f"msg-{i}",
                    properties,
                ]
            )


def measured(*command: str, home: Path) -> tuple[float, float, float, str]:
    """Seconds, seconds of processor time, peak megabytes and output of a command."""
    env = {
        **os.environ,
        "TENURE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "tenure.config.settings",
    }
    started = time.monotonic()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        out = process.stdout.read() if process.stdout else ""
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        raise SystemExit(f"{command} failed: {out}")
    spent = usage.ru_utime + usage.ru_stime
    return time.monotonic() - started, spent, usage.ru_maxrss / 1024, out


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    tool = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as name:
        folder, home = Path(name) / "files", Path(name) / "home"
        folder.mkdir()
        home.mkdir()
        write_files(folder, rows)
        megabytes = (folder / "events.csv").stat().st_size / 1e6
        measured(str(tool / "django-admin"), "migrate", "-v0", home=home)
        load = (sys.executable, "-c", RUN, "load", str(folder), "--json")
        print(
            f"{rows:,} events, {megabytes:.0f} MB of CSV, {ACCOUNTS:,} accounts, {PEOPLE:,} people"
        )
        print(
            f"{'pass':<10}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}{'loaded':>12}{'unchanged':>12}"
        )
        figures = []
        for label in ("first", "again"):
            seconds, spent, peak, out = measured(*load, home=home)
            events = next(t for t in json.loads(out)["tables"] if t["table"] == "events")
            print(
                f"{label:<10}{seconds:>9.1f}{spent:>9.1f}{peak:>9.0f}"
                f"{events['loaded']:>12,}{events['unchanged']:>12,}"
            )
            figures.append((seconds, peak))
    seconds, peak = figures[0]
    print(
        f"LOAD: {seconds:.1f} s and {peak:.0f} MB for {rows:,} events "
        f"(bar: {BAR_SECONDS:.0f} s and {BAR_MEGABYTES:.0f} MB a million)"
    )
    return int(seconds > BAR_SECONDS * rows / 1e6 or peak > BAR_MEGABYTES)


# The command alone, so that the bench runs before every other command is there.
RUN = """
import os, sys, typer, django
django.setup()
from tenure.cli import load
app = typer.Typer()
app.callback()(lambda: None)
load.register(app)
app()
"""

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raise SystemExit(main())
