"""The whole demo: make the company, send it through the public doors, compute, serve."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isinf
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as TimeLeft

from tenure.cli.demo_plays import plays_begin, plays_switch_on
from tenure.cli.output import console, notices
from tenure.cli.up import Supervisor, listens, run
from tenure.core.errors import TenureError
from tenure.core.pipeline import Report
from tenure.engine.simulation import Settings

ADMIN = "admin@demo.example"
# Seconds each step takes on two processors: what the time left is reckoned from.
STEPS = {
    "Setting up": 6,
    "Living through the weeks": 20,
    "Writing events": 10,
    "Loading the files": 60,
    "Sending live events": 10,
    "Resolving live events": 8,
    "Computing": 100,
}


@dataclass
class State:
    """What is done already, kept in the home folder so that a rerun goes on from there."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, company: dict[str, Any]) -> "State":
        """The state of this company's demo; refuses a home that holds anything else."""
        from tenure.accounts.models import Account

        if path.exists():
            facts = json.loads(path.read_text())
            if facts["company"] != company:
                raise TenureError(
                    f"{path.parent} holds another demo; remove that folder, or set TENURE_HOME to "
                    "a new one."
                )
            return cls(path, facts)
        if Account.objects.exists():
            raise TenureError(
                f"{path.parent} holds data that is not the demo's; set TENURE_HOME to a new folder."
            )
        state = cls(path, {"company": company, "done": []})
        state.write()
        return state

    def write(self) -> None:
        """Keep the state; it holds a password, so nobody else may read it."""
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps(self.facts))

    def done(self, step: str) -> bool:
        return step in self.facts["done"]

    def finish(self, step: str) -> None:
        self.facts["done"].append(step)
        self.write()


class Board:
    """One bar for all and one for the step at hand, both with time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._all = progress.add_task("[bold]All", total=sum(STEPS.values()))
        self._step: TaskID | None = None
        self._before = 0.0

    def step(self, title: str) -> Report:
        """Start a step; what came before it counts as done."""
        if self._step is not None:
            self._progress.remove_task(self._step)
        self._before = sum(list(STEPS.values())[: list(STEPS).index(title)])
        self._progress.update(self._all, completed=self._before)
        self._step = step = self._progress.add_task(title, total=None)

        def report(done: int, total: int) -> None:
            self._progress.update(step, completed=done, total=total)
            share = min(1.0, done / total) if total else 1.0
            self._progress.update(self._all, completed=self._before + STEPS[title] * share)

        return report


@contextmanager
def board() -> Iterator[Board]:
    """The bars, on standard error."""
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeLeft(),
    )
    with Progress(*columns, console=notices) as progress:
        yield Board(progress)


def run_demo(settings: Settings, *, host: str, port: int) -> None:
    """Make, load, push, compute and serve the demo company; goes on where it was stopped."""
    from django.conf import settings as django_settings

    from tenure.cli.prepare import prepare

    if listens(host, port):
        raise TenureError(f"Something else uses port {port} of {host}; give another --port.")
    home = Path(django_settings.HOME)
    prepare()
    company = {"accounts": settings.accounts, "months": settings.months, "seed": settings.seed}
    state = State.read(home / "demo.json", company)
    # The company keeps the day it was made on, so that a rerun tomorrow is the same company.
    end = type(settings.end).fromisoformat(state.facts.setdefault("end", str(settings.end)))
    state.write()
    settings = Settings(**company, end=end)
    with board() as shown:
        _people(state, shown)
        folder = _files(home / "company", settings, shown)
        _load(state, folder, settings, shown)
        _push(state, folder, shown, host=host, port=port)
        _compute(state, shown)
    _say_logins(state)
    run(host=host, port=port)


def _people(state: State, shown: Board) -> None:
    """An administrator with a password, a tracking key, and the success managers with their names,
    which the files do not have and letters are signed with.
    """
    from tenure.core import services
    from tenure.core.roles import Role
    from tenure.engine.simulation.roster import MANAGERS

    shown.step("Setting up")
    if state.done("people"):
        return
    password = secrets.token_urlsafe(9)
    services.user_create(actor=None, email=ADMIN, role=Role.ADMIN, name="Demo", password=password)
    for one in MANAGERS:
        if isinf(one.until):  # who left is nobody's success manager today
            services.user_create(actor=None, email=one.email, role=Role.CSM, name=one.name)
    _row, key = services.key_create(actor=None, name="Demo product", scope="track")
    state.facts |= {"password": password, "key": key}
    state.finish("people")


def _files(folder: Path, settings: Settings, shown: Board) -> Path:
    from tenure.demo.folder import make

    titles = {"simulate": "Living through the weeks", "events": "Writing events"}
    reports: dict[str, Report] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in reports:
            reports[stage] = shown.step(titles[stage])
        reports[stage](done, total)

    return make(folder, settings, report).folder


def _load(state: State, folder: Path, settings: Settings, shown: Board) -> None:
    """The files, through the same door as `tenure load --history`, and the currency rates."""
    from tenure.core.services import currency_rate_set
    from tenure.demo.rates import monthly_rates
    from tenure.intake.loading import load_folder

    if state.done("load"):
        return
    report = shown.step("Loading the files")
    for currency, day, rate in monthly_rates(settings):
        currency_rate_set(actor=None, currency=currency, day=day, rate=rate)
    load_folder(folder, history=True, report=_by_table(report))
    state.finish("load")


def _by_table(report: Report) -> Callable[[str, int, int], None]:
    """One bar over all tables, each weighing its bytes."""
    seen: dict[str, tuple[int, int]] = {"events": (0, 30_000_000)}

    def by_table(table: str, done: int, total: int) -> None:
        seen[table] = (done, total)
        report(sum(d for d, _ in seen.values()), sum(t for _, t in seen.values()))

    return by_table


def _push(state: State, folder: Path, shown: Board, *, host: str, port: int) -> None:
    """The last days, as live messages over HTTP, while a server runs."""
    from tenure.demo.push import PushFailed, push
    from tenure.events import inbox
    from tenure.events.services import inbox_drain

    if state.done("push"):
        return
    server = Supervisor({"web": ["serve", "--host", host, "--port", str(port)]})
    server.start()
    try:
        report = shown.step("Sending live events")
        if not server.wait_for(lambda: listens(host, port), seconds=60):
            raise TenureError("The server did not start; `tenure serve` says why.")
        push(f"http://127.0.0.1:{port}", state.facts["key"], folder, report)
    except PushFailed as error:
        raise TenureError(str(error)) from error
    finally:
        server.stop()
    if server.stopping:
        raise KeyboardInterrupt
    report = shown.step("Resolving live events")
    total = inbox.depth()
    while (left := inbox.depth()) > 0:
        report(total - left, total)
        inbox_drain(limit=500)
    state.finish("push")


def _compute(state: State, shown: Board) -> None:
    from tenure.core import pipeline
    from tenure.segments.shipped import segments_install_examples

    if state.done("compute"):
        return
    report = shown.step("Computing")
    stages = [stage.name for stage in pipeline.ordered()]

    def part(stage: pipeline.Stage) -> Report:
        before = stages.index(stage.name)

        def within(done: int, total: int) -> None:
            report(before * 1000 + (done * 1000 // total if total else 0), len(stages) * 1000)

        return within

    plays_switch_on()
    pipeline.run(on_stage=part)
    # Made of computed numbers, so that their members of today are right at once.
    if segments_install_examples():
        pipeline.run(only=["segments"])
    state.finish("compute")


def _say_logins(state: State) -> None:
    console.print(f"\nSign in as {ADMIN} with the password {state.facts['password']}")
    if "csm" not in state.facts:
        _csm_login(state)
    if state.facts.get("csm"):
        plays_begin(state.facts["csm"])
        console.print(f"or, to see one book only, as {state.facts['csm']} with the same password.")


def _csm_login(state: State) -> None:
    """The success manager with the largest book may sign in too."""
    from django.db.models import Count, Q

    from tenure.core.models import User
    from tenure.core.services import user_set_password

    owners = User.objects.annotate(n=Count("book", filter=Q(book__until__isnull=True)))
    csm = owners.filter(n__gt=0).order_by("-n", "email").first()
    if csm is not None:
        user_set_password(actor=None, user=csm, password=state.facts["password"])
    state.facts["csm"] = csm.email if csm else ""
    state.write()
