"""Fit a model once a quarter, read every account by it once a week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.core.pipeline import Refresh
from tenure.engine.hmm import Choice, Emissions, Model, Moves, Sequences, Settings, choose
from tenure.relationship.models import HiddenModel, HiddenState
from tenure.relationship.opinion.observed import INPUTS, measures_now, observed

REFIT = timedelta(days=91)
CANDIDATES = (1, 2, 3, 4)
ENOUGH, MOST, LEAST_STEPS = 40, 400, 6
HOW = Settings(restarts=3, trial=6, iterations=80)
MOVED = 0.05
_WRITTEN = ("account", "model", "as_of", "chances", "computed_at")


def read_accounts(refresh: Refresh) -> dict[str, Any]:
    """Append what each paying account's hidden state is now; nothing twice in a week."""
    monday = clock.week_start(refresh.as_of)
    measures = measures_now()
    newest = HiddenModel.objects.order_by("-pk").first()
    fits = newest is not None and newest.measures == list(measures)
    if newest is not None and fits and HiddenState.objects.filter(as_of__gte=monday).exists():
        return {"rows": 0}
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    seen = observed(accounts, refresh.as_of, measures) if accounts and len(measures) > 1 else None
    if seen is None:
        return {"rows": 0}
    row = newest
    if newest is None or not fits or newest.as_of <= refresh.as_of - REFIT:
        row = _fitted(seen.sequences, refresh.as_of, measures)
    if row is None or row.states < 2:
        return {"rows": 0, "states": row.states if row else None}
    now = seen.sequences.take(seen.paying)
    return {"rows": _append(row, now, refresh.as_of), "states": row.states}


def _fitted(sequences: Sequences, as_of: date, measures: Sequence[str]) -> HiddenModel | None:
    """A model of accounts seen long enough, evenly taken; None with too few of them."""
    long_enough = np.flatnonzero(sequences.length >= LEAST_STEPS)
    if long_enough.size < ENOUGH:
        return None
    part = sequences.take(long_enough[:: -(-long_enough.size // MOST)])
    choice = choose(part, CANDIDATES, settings=HOW)
    model = choice.fitted.model
    return HiddenModel.objects.create(
        as_of=as_of,
        states=model.states,
        measures=list(measures),
        means=np.round(model.emissions.mean, 4).tolist(),
        parameters=_plain(model),
        trials=_trials(choice),
        accounts=len(part),
        fitted_at=clock.now(),
    )


def _trials(choice: Choice) -> list[dict[str, float]]:
    parts = (choice.candidates, choice.score.tolist(), choice.short.tolist(), choice.error.tolist())
    names = ("states", "score", "short", "error")
    return [dict(zip(names, one, strict=True)) for one in zip(*parts, strict=True)]


def _plain(model: Model) -> dict[str, Any]:
    seen = model.emissions
    return {
        "start": model.start.tolist(),
        "cut": model.moves.cut.tolist(),
        "effect": model.moves.effect.tolist(),
        "mean": seen.mean.tolist(),
        "spread": seen.spread.tolist(),
        "floor": seen.floor.tolist(),
    }


def model_of(row: HiddenModel, data: Sequences) -> Model:
    """The model that a row keeps, for sequences of its measures."""
    kept = {name: np.array(values, dtype=float) for name, values in row.parameters.items()}
    seen = Emissions(data.measures, kept["mean"], kept["spread"], kept["floor"])
    return Model(kept["start"], Moves(kept["cut"], kept["effect"]), seen, INPUTS)


def _append(row: HiddenModel, data: Sequences, as_of: date) -> int:
    filtered = model_of(row, data).filtered(data)
    last = filtered[np.arange(len(data)), data.length - 1]
    known = HiddenState.objects.filter(model=row).order_by("pk")
    before: dict[int, list[float]] = dict(known.values_list("account_id", "chances"))
    found = zip(data.account.tolist(), last.round(3).tolist(), strict=True)
    now = clock.now()
    fresh = [
        (account, row.pk, as_of, chances, now)
        for account, chances in found
        if _moved(before.get(account), chances)
    ]
    return append_rows(HiddenState, _WRITTEN, fresh)


def _moved(before: Sequence[float] | None, now: Sequence[float]) -> bool:
    if before is None:
        return True
    return max(abs(a - b) for a, b in zip(before, now, strict=True)) >= MOVED
