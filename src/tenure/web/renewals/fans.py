"""GRR and NRR of the next twelve months, simulated for all accounts and for parts of them.

Of each account the first fall and the first rise of MRR within the year count: that is what is
forecast. Later ones are in no fan.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.models import Account, OwnerAssignment
from tenure.contracts.models import ContractState
from tenure.web.models import RevenueFan
from tenure.web.renewals.foreseen import Curves

if TYPE_CHECKING:
    from tenure.engine.states import Book

MONTHS, RUNS, SEED = 12, 1000, 0
CELLS = 2_000_000
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
Floats = NDArray[np.float64]


def fans_of(today: date, curves: Mapping[int, Curves]) -> list[RevenueFan]:
    """One fan of all accounts that pay and are forecast, and one of each part of them."""
    contracts = ContractState.objects.filter(mrr__gt=0)
    mrr = {a: float(m or 0) for a, m in contracts.values_list("account_id", "mrr") if a in curves}
    if not mrr:
        return []
    keys = sorted(mrr)
    book = book_of([curves[key] for key in keys], [mrr[key] for key in keys])
    place = {key: at for at, key in enumerate(keys)}
    found = []
    for (kind, key), members in sorted(_parts(keys).items()):
        at = [place[member] for member in members]
        found.append(_fan(kind, key, today, _taken(book, at)))
    return found


def _parts(keys: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    parts["all", ""] = list(keys)
    wanted = set(keys)
    for kind, key, account in _memberships():
        if account in wanted:
            parts[kind, str(key)].append(account)
    return parts


def _memberships() -> Iterator[tuple[str, object, int]]:
    owners = OwnerAssignment.objects.filter(until__isnull=True)
    for owner, account in owners.values_list("owner_id", "account_id"):
        yield "owner", owner, account
    for segment, account in Account.objects.exclude(segment="").values_list("segment", "pk"):
        yield "segment", segment, account
    tiers = ContractState.objects.filter(tier__isnull=False)
    for tier, account in tiers.values_list("tier", "account_id"):
        yield "tier", tier, account


def book_of(curves: Sequence[Curves], mrr: Sequence[float]) -> "Book":
    """The engine's book of some accounts: chances month by month, of what each size is."""
    from tenure.engine.states import Book  # loads much that few processes need

    survival = np.array([_months(c.survival) for c in curves])
    before = np.concatenate([np.ones((len(curves), 1)), survival[:, :-1]], axis=1)
    churn = np.clip(1.0 - survival / np.maximum(before, 1e-12), 0.0, 1.0)
    sizes = {c.sizes for c in curves}
    cuts = np.array([cut for size in sizes for cut in size.cuts], dtype=float)
    raises = np.array([rise for size in sizes for rise in size.raises], dtype=float)
    down = _first(curves, "contraction") if cuts.size else np.zeros_like(churn)
    up = _first(curves, "expansion") if raises.size else np.zeros_like(churn)
    # At most one of the three comes in a month: leaving first, the others share what is left.
    scale = np.minimum(1.0, (1.0 - churn) / np.maximum(down + up, 1e-12))
    return Book.of(mrr, churn, down * scale, up * scale, cuts, raises)


def _months(values: Sequence[float]) -> list[float]:
    known = list(values[:MONTHS])
    return known + [known[-1]] * (MONTHS - len(known))


def _first(curves: Sequence[Curves], cause: str) -> Floats:
    """The chance that the first arrival of a cause comes in each month, while the account stays.

    A forecast is of the first arrival. Its hazard among those that have not had it yet would, taken
    anew every month, count several where one is foreseen.
    """
    hazard = np.array([_months(c.hazards.get(cause) or [0.0] * MONTHS) for c in curves])
    before = np.concatenate([np.zeros((len(curves), 1)), hazard[:, :-1]], axis=1)
    return np.asarray(hazard * np.cumprod(1.0 - before, axis=1))


def _taken(book: "Book", at: Sequence[int]) -> "Book":
    return replace(
        book,
        mrr=book.mrr[at],
        churn=book.churn[at],
        contraction=book.contraction[at],
        expansion=book.expansion[at],
    )


def _fan(kind: str, key: str, today: date, book: "Book") -> RevenueFan:
    from tenure.engine.states.simulated import simulate

    draw = np.random.default_rng(SEED)
    most = max(1, CELLS // book.mrr.size)
    parts = [simulate(book, min(most, RUNS - done), draw) for done in range(0, RUNS, most)]
    kept, whole = (np.concatenate([part[i] for part in parts]) / book.start for i in range(2))
    return RevenueFan(
        kind=kind,
        key=key[:200],
        as_of=today,
        accounts=int(book.mrr.size),
        mrr=book.start,
        grr=_quantiles(kept),
        nrr=_quantiles(whole),
    )


def _quantiles(runs: Floats) -> dict[str, list[float]]:
    return {
        f"{level:g}": [round(float(v), 5) for v in np.quantile(runs, level, axis=0)]
        for level in LEVELS
    }
