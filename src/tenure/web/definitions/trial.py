"""What another definition of a metric would change, drawn: values beside values, bands to bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.core.wording import told
from tenure.health.metric_preview import MetricPreview
from tenure.metrics.definitions import Metric
from tenure.metrics.selectors import bodies_current
from tenure.web.definitions.metrics import BINS
from tenure.web.definitions.scorecards import Moves, moves
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import number, plain

Values: TypeAlias = NDArray[np.float64]
SHOWN = 25
SAME = 1e-9


@dataclass(frozen=True)
class Changed:
    """One account's newest value now and then; None is unknown."""

    account: int
    name: str
    now: float | None
    then: float | None


@dataclass(frozen=True)
class Leaning:
    """A metric that is computed from the changed one, and of how many accounts it would change."""

    key: str
    title: str
    changed: int


@dataclass(frozen=True)
class TrialShown:
    """The preview of a metric. `rows`: those whose value changes most; `changed`: how many do."""

    accounts: int
    all_accounts: int
    changed: int
    known_now: int
    known_then: int
    rows: tuple[Changed, ...]
    chart: Chart
    leaning: tuple[Leaning, ...]
    scorecards: tuple[tuple[str, str], ...]
    moves: Moves

    @property
    def whole(self) -> bool:
        """Whether every account was tried."""
        return self.accounts == self.all_accounts


def trial_shown(preview: MetricPreview, metric: Metric) -> TrialShown:
    """The preview as the page shows it."""
    trial = preview.trial
    blank = np.full(len(trial.accounts), np.nan)
    sides = [
        {key: grid[:, -1] for key, grid in side.items() if grid.size}
        for side in (trial.now, trial.then)
    ]
    now, then = (side.get(trial.key, blank) for side in sides)
    differs = different(now, then)
    titles = {key: told(str(body.get("title", key))) for key, body in bodies_current().items()}
    counts = {
        key: int(different(sides[0].get(key, blank), sides[1].get(key, blank)).sum())
        for key in sorted(set(trial.now) | set(trial.then))
        if key != trial.key
    }
    return TrialShown(
        accounts=len(trial.accounts),
        all_accounts=trial.all_accounts,
        changed=int(differs.sum()),
        known_now=int(np.isfinite(now).sum()),
        known_then=int(np.isfinite(then).sum()),
        rows=tuple(
            Changed(
                account=trial.accounts[i],
                name=preview.names[trial.accounts[i]],
                now=_known(now[i]),
                then=_known(then[i]),
            )
            for i in _largest(now, then, differs)
        ),
        chart=_chart(metric, now, then),
        leaning=tuple(Leaning(key, titles.get(key, key), n) for key, n in counts.items()),
        scorecards=tuple((card.key, told(card.title)) for card in preview.scorecards),
        moves=moves(preview.scores),
    )


def different(now: Values, then: Values) -> NDArray[np.bool_]:
    """Where two values are not the same; unknown is the same as unknown only."""
    return ~np.isclose(now, then, rtol=SAME, atol=SAME, equal_nan=True)


def _largest(now: Values, then: Values, differs: NDArray[np.bool_]) -> Sequence[int]:
    """Places of the largest changes; those from or to unknown before all others."""
    size = np.abs(then - now)
    size[np.isnan(size)] = np.inf
    order = np.argsort(-np.where(differs, size, -1.0), kind="stable")
    return [int(i) for i in order[:SHOWN] if differs[i]]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _chart(metric: Metric, now: Values, then: Values) -> Chart:
    """Both histograms over the same bins; a few extreme values share the outermost ones."""
    both = np.concatenate([now, then])
    both = both[np.isfinite(both)]
    labels: list[str] = []
    series: list[Series] = []
    if both.size:
        least, most = (float(v) for v in np.percentile(both, [1, 99]))
        if most <= least:
            least, most = float(both.min()) - 0.5, float(both.max()) + 0.5
        edges = np.linspace(least, most, BINS + 1)
        labels = [f"{plain(a)} – {plain(b)}" for a, b in pairwise(edges.tolist())]
        for name, values in ((_("Now"), now), (_("Then"), then)):
            inside = np.clip(values[np.isfinite(values)], least, most)
            counts = np.histogram(inside, bins=edges)[0]
            series.append(Series(name, [float(n) for n in counts]))
    summary = _("Half of the known values lie between %(a)s and %(b)s now, %(c)s and %(d)s then.")
    ends = {"a": _at(now, 25), "b": _at(now, 75), "c": _at(then, 25), "d": _at(then, 75)}
    return Chart(
        key="trial",
        title=_("Accounts by value, now and then"),
        kind="bar",
        labels=labels,
        series=series,
        note=told(metric.unit),
        summary=summary % ends if labels else _("No account has a value, now or then."),
    )


def _at(values: Values, percent: float) -> str:
    known = values[np.isfinite(values)]
    return plain(float(np.percentile(known, percent))) if known.size else number(None)
