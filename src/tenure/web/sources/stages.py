"""The refresh: what each stage did last, and whether one is asked for."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from tenure.core import pipeline
from tenure.core.models import StageRun

NAMES = {
    "events": _("Events: store, attribute, tidy up"),
    "contracts": _("Contracts and MRR"),
    "metrics": _("Metrics"),
    "health": _("Health"),
    "forecast": _("Forecasts"),
    "relationship": _("Levels of the ladder"),
    "outlook": _("Outlook of the running week"),
    "becoming": _("Chances of becoming a client"),
    "opinion": _("Second opinion on relationships"),
    "training": _("Training of the forecast"),
    "retention": _("Retention: payment and changes of MRR"),
    "renewals": _("Renewals and what is foreseen of them"),
    "features": _("Features that accounts use"),
    "segments": _("Segments: who belongs to them"),
    "runs": _("Plays: waits that are over, and who leaves early"),
    "plays": _("Plays: who meets them, and who starts"),
    "effects": _("Effects of plays"),
    "advice": _("Plan of the week"),
    "findings": _("Contradictions in the data"),
}
OUTCOMES = {"running": _("running"), "done": _("done"), "failed": _("failed")}
TASK = "tenure.web.tasks.refresh_run"


@dataclass(frozen=True)
class StageState:
    """The newest run of one stage; `error` is what stopped it."""

    name: str
    outcome: str
    word: str
    started: datetime | None
    seconds: float | None
    error: str


def stages() -> list[StageState]:
    """All registered stages in the order they run; one that never ran is there too."""
    newest = StageRun.objects.values("stage").annotate(pk_newest=Max("pk"))
    rows = {
        run.stage: run
        for run in StageRun.objects.filter(pk__in=[row["pk_newest"] for row in newest])
    }
    return [_state(stage.name, rows.get(stage.name)) for stage in pipeline.ordered()]


def _state(name: str, run: StageRun | None) -> StageState:
    title = str(NAMES.get(name, name))
    if run is None:
        return StageState(title, "", "", None, None, "")
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
    error = str(run.detail.get("error", ""))[:500] if run.outcome == "failed" else ""
    word = str(OUTCOMES.get(run.outcome, run.outcome))
    return StageState(title, run.outcome, word, run.started_at, seconds, error)


def refresh_waits() -> bool:
    """Whether a refresh that somebody asked for has yet to end."""
    asked = DBTaskResult.objects.filter(task_path=TASK, status__in=("READY", "RUNNING"))
    return bool(asked.exists())
