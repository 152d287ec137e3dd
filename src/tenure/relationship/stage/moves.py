"""How accounts move between levels from month to month: fitted to the past, and appended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.db.models import Avg

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.engine.states import (
    CLIENTS,
    CUSTOMER,
    STATES,
    Answer,
    Histories,
    Transitions,
    chance_within,
    expected_months,
    month_grid,
    monthly_counts,
    occupancy,
    transitions,
    value,
)
from tenure.engine.states.history import Floats
from tenure.forecast.in_force import definition_in_force
from tenure.relationship.models import LevelChange, MonthlyMoves

HORIZON = 60
YEAR = 12
SEGMENTS = 20
DRAWS = 400
_COMPARED = (
    "horizon", "accounts", "steps", "counts", "chances", "client_within_year", "client_months",
    "client_share", "value",
)  # fmt: skip


@dataclass(frozen=True)
class Worth:
    """What a month on each level brings in margin, (5,); None: no MRR is known."""

    margin: tuple[float, ...] | None
    discount_yearly: float


def moves_refresh(as_of: date) -> int:
    """Fit to all levels seen by the end of a day; append what differs from the newest rows."""
    segments = dict(Account.objects.order_by("pk").values_list("pk", "segment"))
    told = _histories(list(segments), as_of)
    fitted = [_row(*part, worth=_worth()) for part in _parts(told, list(segments.values()))]
    newest: dict[str, MonthlyMoves] = {}
    for row in MonthlyMoves.objects.order_by("pk"):
        newest[row.segment] = row
    fresh = [
        MonthlyMoves(as_of=as_of, computed_at=clock.now(), **values)
        for values in fitted
        if _plain(newest.get(values["segment"])) != {name: values[name] for name in _COMPARED}
    ]
    MonthlyMoves.objects.bulk_create(fresh)
    return len(fresh)


def _plain(row: MonthlyMoves | None) -> dict[str, Any]:
    return {} if row is None else {name: getattr(row, name) for name in _COMPARED}


def _histories(accounts: Sequence[int], as_of: date) -> Histories:
    place = {account: index for index, account in enumerate(accounts)}
    rows = LevelChange.objects.filter(as_of__lte=as_of).order_by("as_of", "pk")
    told = [row for row in rows.values_list("account_id", "new", "as_of") if row[0] in place]
    return Histories.of(
        [place[account] for account, _new, _day in told],
        [STATES.index(new) for _account, new, _day in told],
        np.array([day for _account, _new, day in told], dtype="datetime64[D]"),
        as_of + timedelta(days=1),
        len(accounts),
    )


def _parts(told: Histories, segments: Sequence[str]) -> list[tuple[str, Any, Transitions, int]]:
    """(segment, counts, fit, accounts): of all accounts, then of the largest segments.

    Segments lean on one another as far as they are alike (`engine.states.posterior`); accounts
    of no segment and of the small ones form one more group to lean on.
    """
    seen = _seen(told)
    whole = monthly_counts(told)
    parts = [("", whole[0], transitions(whole), int(seen.sum()))]
    sizes = Counter(s for s, one in zip(segments, seen, strict=True) if s and one)
    names = [name for name, _n in sorted(sizes.items(), key=lambda x: (-x[1], x[0]))[:SEGMENTS]]
    if names:
        group = [names.index(s) if s in names else len(names) for s in segments]
        counts = monthly_counts(told, group, len(names) + 1)
        fit = transitions(counts)
        for index, name in enumerate(names):
            own = Transitions(fit.rows[index : index + 1], fit.worth)
            parts.append((name, counts[index], own, sizes[name]))
    return parts


def _seen(told: Histories) -> Any:
    grid = month_grid(told) >= 0
    return (grid[:, :-1] & grid[:, 1:]).any(axis=1)


def _row(
    segment: str, counts: Any, fit: Transitions, accounts: int, worth: Worth
) -> Mapping[str, Any]:
    answer = partial(fit.answer, number=DRAWS)
    of_value: list[Any] = []
    if worth.margin is not None:
        gain, discount = worth.margin, worth.discount_yearly
        of_value = _triples(answer(lambda m: value(m, gain, discount, HORIZON)), 0)
    return {
        "segment": segment,
        "horizon": HORIZON,
        "accounts": accounts,
        "steps": int(counts.sum()),
        "counts": counts.astype(int).tolist(),
        "chances": _triples(answer(lambda m: m), 5),
        "client_within_year": _triples(answer(lambda m: chance_within(m, YEAR)), 4),
        "client_months": _triples(answer(lambda m: expected_months(m, CLIENTS, HORIZON)), 2),
        "client_share": _triples(answer(_client_share), 4),
        "value": of_value,
    }


def _client_share(matrices: Floats) -> Floats:
    """(…, HORIZON + 1): customers that are clients after 0, 1, … months."""
    start = np.eye(len(STATES))[CUSTOMER]
    return np.asarray(occupancy(matrices, start, HORIZON)[..., list(CLIENTS)].sum(axis=-1))


def _triples(answer: Answer, digits: int) -> list[Any]:
    stacked = np.stack([answer.mean, answer.low, answer.high], axis=-1)
    triples: list[Any] = np.round(stacked, digits).tolist()
    return triples


def _worth() -> Worth:
    """The mean MRR of the accounts on each level now, times the margin; nothing once gone."""
    definition = definition_in_force()
    paying = ContractState.objects.filter(mrr__gt=0)
    levels = dict(
        paying.values("account__standing__level").annotate(m=Avg("mrr"))
        .values_list("account__standing__level", "m")
    )  # fmt: skip
    usual = paying.aggregate(m=Avg("mrr"))["m"]
    if usual is None:
        return Worth(None, definition.discount_yearly)
    paid = (0.0, *(float(levels.get(level) or usual) for level in STATES[1:4]), 0.0)
    margin = tuple(definition.margin * mrr for mrr in paid)
    return Worth(margin, definition.discount_yearly)
