"""Training runs as they are listed and told one by one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.engine.panel.rows import CHURN
from tenure.forecast.models import ForecastRun
from tenure.web.evidence.causes import cause_name
from tenure.web.evidence.head import chosen_name, status_tone
from tenure.web.evidence.measures import AUC, LOG_LOSS, Figure, figure
from tenure.web.evidence.methods import FORECAST
from tenure.web.evidence.names import feature_name
from tenure.web.sentences import stored_sentence

LONGEST = 400


@dataclass(frozen=True)
class RunRow:
    """One run of the list."""

    run: ForecastRun
    tone: str
    chosen: str
    auc: Figure
    log_loss: Figure
    seconds: float | None


@dataclass(frozen=True)
class Refused:
    """A column that was left out, why, and the row that proves it, where the reader may see it."""

    name: str
    column: str
    reason: str
    account: Account | None
    day: date | None
    value: str
    text: str


@dataclass(frozen=True)
class Tried:
    """A candidate: its cross-fitted log loss, and what it gains on the base rate."""

    name: str
    loss: float | None
    gain: float | None
    gain_error: float | None
    chosen: bool


@dataclass(frozen=True)
class Cause:
    """How the model of one cause came about."""

    name: str
    chosen: str
    signal: bool
    accounts: int
    events: int
    slope_before: float | None
    slope_after: float | None
    tried: tuple[Tried, ...]
    notes: tuple[str, ...]


def run_row(run: ForecastRun) -> RunRow:
    """The run with its figures in short."""
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
    return RunRow(
        run,
        status_tone(run),
        chosen_name(run.chosen),
        figure(run.metrics.get(FORECAST.key, {}), AUC),
        figure(run.metrics.get(FORECAST.key, {}), LOG_LOSS),
        seconds,
    )


def refused(
    run: ForecastRun, visible: QuerySet[Account], sees_all: bool, titles: Mapping[str, str]
) -> list[Refused]:
    """The columns left out; a proof only of accounts that the reader may see.

    A proof that names its row by other words than Tenure's own is shown to who sees every account.
    """
    parted = [_proof(one.get("proof", "")) for one in run.refused]
    keys = [key for key, _day, _value in parted if key is not None]
    accounts = {account.pk: account for account in visible.filter(pk__in=keys)}
    return [
        Refused(
            feature_name(one["column"], titles),
            one["column"],
            stored_sentence(one["reason"]),
            accounts.get(key or 0),
            day if key in accounts else None,
            value if key in accounts else "",
            one.get("proof", "") if key is None and sees_all else "",
        )
        for one, (key, day, value) in zip(run.refused, parted, strict=True)
    ]


def _proof(text: str) -> tuple[int | None, date | None, str]:
    """Account, day and value of a proof as "12 2026-01-31 0.5"."""
    key, day, value = (*text.split(" ", 2), "", "", "")[:3]
    try:
        return int(key), date.fromisoformat(day), value
    except ValueError:
        return None, None, ""


def causes(run: ForecastRun) -> list[Cause]:
    """What the fit said of each cause, churn first."""
    order = sorted(run.report.items(), key=lambda item: (item[0] != CHURN, item[0]))
    return [_cause(key, told) for key, told in order]


def _cause(key: str, told: Mapping[str, Any]) -> Cause:
    return Cause(
        name=cause_name(key),
        chosen=chosen_name(told["chosen"]),
        signal=told["signal"],
        accounts=told["accounts"],
        events=told["events"],
        slope_before=told["slope_before"],
        slope_after=told["slope_after"],
        tried=tuple(
            Tried(
                chosen_name(one["name"]),
                one["loss"],
                one["gain"],
                one["gain_error"],
                one["name"] == told["chosen"],
            )
            for one in told["candidates"]
        ),
        notes=tuple(stored_sentence(note) for note in told["notes"]),
    )


def parameters(run: ForecastRun) -> list[tuple[str, str]]:
    """The definition it was made by and what fits need to be repeated, one a line."""
    given = run.parameters
    found = {**given.get("definition", {}), **given.get("settings", {}), "seed": run.seed}
    return [(name, _plain(value)) for name, value in found.items()]


def libraries(run: ForecastRun) -> list[tuple[str, str]]:
    """Name and version."""
    return sorted(run.libraries.items())


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def features(run: ForecastRun, titles: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """(key, name) of what the model was given."""
    return [(key, feature_name(key, titles)) for key in run.features]
