"""What another definition of a metric would do to its values and to scores, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.engine.health import BANDS
from tenure.health.definitions import ScorecardDefinition
from tenure.health.in_force import scorecards_in_force
from tenure.health.inputs import Floats
from tenure.health.services import PreviewRow, by_size
from tenure.health.stage.evaluate import evaluate_under
from tenure.metrics.selectors import Trial, metric_trial

Scored: TypeAlias = dict[int, tuple[float | None, str]]
UNSCORED = (None, "")


@dataclass(frozen=True)
class MetricPreview:
    """A trial of a metric. `scorecards`: those that weigh it or a metric that leans on it.

    `scores`: the tried accounts whose score they would change, those that change band first.
    """

    trial: Trial
    names: Mapping[int, str]
    scorecards: tuple[ScorecardDefinition, ...]
    scores: tuple[PreviewRow, ...]


def metric_preview(*, actor: User | None, key: str, body: Mapping[str, Any]) -> MetricPreview:
    """Try a definition of a metric and score with it. Writes nothing.

    Raises:
        InvalidDefinition: the definition does not hold together with those in force.
    """
    require(actor, Permission.SEE_SETTINGS)
    cards = scorecards_in_force()
    deepest = max((c.baseline_weeks for card in cards for c in card.columns), default=0)
    trial = metric_trial(key, body, weeks=deepest + 1)
    touched = set(trial.now) | set(trial.then)
    using = tuple(c for c in cards if touched & {column.metric for column in c.columns})
    names = dict(Account.objects.filter(pk__in=trial.accounts).values_list("pk", "name"))
    scores: list[PreviewRow] = []
    if using and trial.accounts:
        now, then = (_scored(cards, trial, side, touched) for side in (trial.now, trial.then))
        for account in trial.accounts:
            old, new = now.get(account, UNSCORED), then.get(account, UNSCORED)
            if old != new:
                row = PreviewRow(account, names[account], old[0], new[0], old[1], new[1])
                scores.append(row)
    return MetricPreview(trial, names, using, tuple(by_size(scores)))


def _scored(
    cards: Sequence[ScorecardDefinition],
    trial: Trial,
    side: Mapping[str, Floats],
    touched: set[str],
) -> Scored:
    weeks = next(iter(trial.then.values())).shape
    instead = {metric: side.get(metric, np.full(weeks, np.nan)) for metric in touched}
    alive = np.ones((len(trial.accounts), 1), dtype=bool)
    found: Scored = {}
    for block in evaluate_under(cards, trial.accounts, (clock.today(),), alive, instead):
        done = block.evaluated
        for i, row in enumerate(block.row.tolist()):
            value = None if np.isnan(done.value[i]) else float(done.value[i])
            found[trial.accounts[row]] = (value, BANDS[done.band[i]])
    return found
