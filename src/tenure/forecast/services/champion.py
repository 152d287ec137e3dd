"""Whether a new model takes the place of the live one: only if it is not worse."""

from collections.abc import Sequence

import numpy as np

from tenure.core import clock
from tenure.core.models import User
from tenure.core.services import audit
from tenure.engine import scoring
from tenure.engine.panel import Panel
from tenure.forecast import sentences
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.forecast.services.replays import Replay

ENOUGH = 5
"""Churns below which two models cannot be told apart."""


def decide(actor: User | None, run: ForecastRun, past: Sequence[Replay], now: Panel) -> ForecastRun:
    """Make a run live or retire it, with the reason."""
    live = ForecastRun.objects.filter(status=RunStatus.LIVE).first()
    if live is None:
        return _settle(actor, run, RunStatus.LIVE, sentences.FIRST)
    verdict, reason = _compared(live, past, now)
    if not verdict:
        return _settle(actor, run, RunStatus.RETIRED, reason)
    _settle(actor, live, RunStatus.RETIRED, sentences.REPLACED % {"run": run.pk})
    return _settle(actor, run, RunStatus.LIVE, reason)


def _settle(actor: User | None, run: ForecastRun, status: str, reason: str) -> ForecastRun:
    run.status, run.reason, run.decided_at = status, reason, clock.now()
    run.save(update_fields=["status", "reason", "decided_at"])
    audit(
        actor=actor,
        action=f"forecast.{status}",
        subject=run,
        detail={"reason": reason, "as_of": run.as_of.isoformat()},
    )
    return run


def _compared(live: ForecastRun, past: Sequence[Replay], now: Panel) -> tuple[bool, str]:
    """Whether the newcomer is not worse on the newest closed window, and a sentence.

    Both predict the same accounts from the same day on: the live model as it did at the time, the
    newcomer by a replay that knew no more. The window is as long as it is closed by now.
    """
    for replay in sorted(past, key=lambda one: one.day, reverse=True):
        if replay.day < live.as_of:
            break
        found = _window(live, replay, now)
        if found is None:
            continue
        months, came, champion, challenger, account = found
        if came.sum() < ENOUGH:
            return True, sentences.TOO_FEW % {"n": int(came.sum()), "day": replay.day}
        gap = scoring.paired_difference(
            scoring.log_loss, came, challenger, champion, account, draws=300
        )
        worse = gap.low > 0
        template = sentences.WORSE if worse else sentences.NOT_WORSE
        ends = {"gap": gap.value, "low": gap.low, "high": gap.high}
        said = {"months": months, "day": replay.day}
        return not worse, template % (said | {key: f"{value:+.4f}" for key, value in ends.items()})
    return True, sentences.NO_WINDOW


def _window(
    live: ForecastRun, replay: Replay, now: Panel
) -> tuple[int, Floats, Floats, Floats, Floats] | None:
    """(months, came, live's chance, newcomer's chance, account) of the rows both know."""
    rows = now.take(now.origin == np.datetime64(replay.day, "D"))
    months = int(rows.followed.min()) if len(rows) else 0
    said = Prediction.objects.filter(run=live, as_of=replay.day).order_by("pk")
    champion = dict(said.values_list("account_id", "survival"))
    challenger = dict(zip(replay.asked.account.tolist(), replay.survival, strict=True))
    keys = [a for a in rows.account.tolist() if a in champion and a in challenger]
    months = min(months, replay.survival.shape[1] if replay.survival.size else 0)
    if months < 1 or not keys:
        return None
    outcome = dict(zip(rows.account.tolist(), rows.label("churn", months).tolist(), strict=True))
    return (
        months,
        np.array([outcome[a] for a in keys]),
        np.array([1.0 - champion[a][months - 1] for a in keys]),
        np.array([1.0 - float(challenger[a][months - 1]) for a in keys]),
        np.array(keys, dtype=float),
    )
