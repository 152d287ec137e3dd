"""Accounts going through plays: the list of them, and one with all that was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.accounts.models import Account
from tenure.core.errors import TenureError
from tenure.core.wording import told
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Approval, Outgoing, Run, RunStep
from tenure.plays.running.reasons import reason_of
from tenure.plays.selectors import definition_of
from tenure.web.plays.because import because_words
from tenure.web.plays.outline import Told, flat, outline
from tenure.web.plays.parts import ICONS, KINDS
from tenure.web.plays.words import Telling, text_of

State = Run.State
TONES: Mapping[str, str] = {
    State.QUEUED: "info", State.ACTIVE: "info", State.DONE: "good", State.FAILED: "poor",
    State.EXITED: "", State.STOPPED: "fair", State.EXPIRED: "fair",
}  # fmt: skip
OPEN = frozenset({State.QUEUED, State.ACTIVE})
NAMED = [choice for choice in State.choices if choice[0] != State.HELD_OUT]
"""States whose accounts are named. Who was held out is counted only: whoever works an account must
not make up for what it did not get."""
OUTCOMES: dict[str, Promise] = {
    "done": pgettext_lazy("outcome of a step", "done"),
    "yes": pgettext_lazy("outcome of a step", "yes"),
    "no": pgettext_lazy("outcome of a step", "no"),
    "timeout": pgettext_lazy("outcome of a step", "time ran out"),
    "refused": pgettext_lazy("outcome of a step", "refused"),
    "skipped": pgettext_lazy("outcome of a step", "left out"),
}
OUTCOME_TONES = {"done": "good", "yes": "good", "refused": "poor", "skipped": "fair"}
WAITS: dict[str, Promise] = {
    Run.WaitsFor.TIME: gettext_lazy("It waits for a day to come."),
    Run.WaitsFor.CONDITION: gettext_lazy("It waits for a condition to hold."),
    Run.WaitsFor.TASK: gettext_lazy("It waits for a task to be closed."),
    Run.WaitsFor.APPROVAL: gettext_lazy("It waits for an approval."),
}


@dataclass(frozen=True)
class RunFilters:
    """The filters of the address; nonsense is ignored."""

    state: str = ""
    words: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "RunFilters":
        """From a query string."""
        state = query.get("state", "")
        words = query.get("q", "").replace("\x00", "").strip()[:100]
        return cls(state if state in dict(NAMED) else "", words)

    @property
    def is_set(self) -> bool:
        return bool(self.state or self.words)


def runs_named(visible: QuerySet[Account]) -> QuerySet[Run]:
    """Runs of accounts the reader may see, without those held out."""
    return Run.objects.filter(account__in=visible).exclude(state=State.HELD_OUT)


def runs_of(key: str, visible: QuerySet[Account], chosen: RunFilters) -> QuerySet[Run]:
    """The runs of a play for accounts the reader may see, the newest first."""
    rows = runs_named(visible).filter(play__key=key)
    rows = rows.filter(state=chosen.state) if chosen.state else rows
    rows = rows.filter(account__name__icontains=chosen.words) if chosen.words else rows
    return rows.select_related("account", "play", "started_by").order_by("-met_at", "-pk")


@dataclass(frozen=True)
class RunRow:
    """A run in a list. `where`: the step it stands at, or why it ended."""

    run: Run
    tone: str
    because: str
    where: str


def run_rows(runs: Sequence[Run]) -> list[RunRow]:
    """Runs with why they began and where they stand."""
    telling = Telling()
    return [
        RunRow(run, TONES.get(run.state, ""), because_words(run.because, telling),
               _where(run, telling))
        for run in runs
    ]  # fmt: skip


def _where(run: Run, telling: Telling) -> str:
    if run.state != State.ACTIVE:
        return told(run.ended_why)
    step = step_at(run, outline_of(run, telling))
    return _("%(place)s: %(title)s") % {"place": step.place, "title": step.title} if step else ""


def definition_run(run: Run) -> Definition | None:
    """What its version says; None where it cannot be read any more."""
    try:
        return definition_of(run.play.key, run.version)
    except TenureError:
        return None


def outline_of(run: Run, telling: Telling) -> list[Told]:
    """The steps of its version, in running order."""
    definition = definition_run(run)
    return list(flat(outline(definition, telling))) if definition else []


def step_at(run: Run, steps: Sequence[Told]) -> Told | None:
    """The step it stands at; None at the end."""
    return steps[run.position] if 0 <= run.position < len(steps) else None


@dataclass(frozen=True)
class Visit:
    """One visit of a step: what it did, and what became of what it put on its way."""

    row: RunStep
    step: Told | None
    icon: str
    name: str
    outcome: str
    tone: str
    reason: str
    outgoing: Sequence[Outgoing] = ()
    approval: Approval | None = None


class ShownRun:
    """The page of one run."""

    def __init__(self, run: Run) -> None:
        self.run, self.telling = run, Telling()
        self.definition = definition_run(run)
        self.steps = outline_of(run, self.telling)
        self.tone = TONES.get(run.state, "")
        self.because = because_words(run.because, self.telling)

    @property
    def title(self) -> str:
        return text_of(self.definition.title) if self.definition else self.run.play.key

    @property
    def is_open(self) -> bool:
        return self.run.state in OPEN

    @property
    def standing(self) -> Told | None:
        """The step it stands at now; None once it has ended."""
        return step_at(self.run, self.steps) if self.run.state == State.ACTIVE else None

    @property
    def waits(self) -> str:
        return str(WAITS.get(self.run.waits_for, "")) if self.is_open else ""

    @property
    def until(self) -> datetime | None:
        """When it goes on by itself."""
        return self.run.wake_at if self.is_open else None

    @property
    def ended_why(self) -> str:
        return told(self.run.ended_why)

    def visits(self) -> list[Visit]:
        """Every step that was gone through, in order."""
        sent = self._outgoing()
        approvals = {one.visit: one for one in self.run.approvals.select_related("decided_by")}
        rows = self.run.steps.select_related("task").order_by("visit")
        return [self._visit(row, sent.get(row.visit, []), approvals.get(row.visit)) for row in rows]

    def open_approval(self) -> Approval | None:
        """What somebody is asked now."""
        rows = self.run.approvals.filter(decision=Approval.Decision.OPEN)
        return rows.first() if self.is_open else None

    def _outgoing(self) -> dict[int, list[Outgoing]]:
        """Visit → what it sent; the key of an outgoing is "run:visit:n"."""
        found: dict[int, list[Outgoing]] = {}
        rows = self.run.outgoing.select_related("person", "channel").order_by("pk")
        for row in rows:
            visit = row.key.split(":")[1:2]
            if visit and visit[0].isdecimal():
                found.setdefault(int(visit[0]), []).append(row)
        return found

    def _visit(self, row: RunStep, sent: Sequence[Outgoing], approval: Approval | None) -> Visit:
        step = self.steps[row.position] if row.position < len(self.steps) else None
        return Visit(
            row, step, ICONS.get(row.kind, "note"), str(KINDS.get(row.kind, row.kind)),
            str(OUTCOMES.get(row.outcome, row.outcome)), OUTCOME_TONES.get(row.outcome, ""),
            _reason(row.detail), sent, approval,
        )  # fmt: skip


def _reason(detail: Mapping[str, Any]) -> str:
    return told(reason_of(detail))
