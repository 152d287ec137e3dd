"""The panel of all accounts, made a range of accounts at a time so that memory stays flat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from tenure.accounts.models import Account
from tenure.contracts.selectors import churn_rule, rates
from tenure.contracts.selectors.weekly import contracts_on
from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.engine.money import ChurnRule, Conversion
from tenure.engine.panel import (
    CHURN,
    CLIENT,
    CONTRACTION,
    EXPANSION,
    Arrivals,
    Grid,
    Observations,
    Panel,
    Recipe,
    Terms,
    build,
)
from tenure.forecast import sentences
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs import levels
from tenure.forecast.inputs.contracts import Books, Step, movements_as_of, mrr_on, spells_as_of
from tenure.forecast.inputs.days import Floats, end_of, grid_days
from tenure.forecast.inputs.people import people_features
from tenure.forecast.inputs.standing import (
    Encoding,
    attribute_features,
    health_features,
    level_feature,
    pulse_feature,
)
from tenure.forecast.inputs.terms import terms_until
from tenure.forecast.inputs.timeline import timeline_features
from tenure.forecast.inputs.trust import AutoRenewal, auto_renewal
from tenure.forecast.inputs.usage import usage_features, usage_metrics

CHUNK = 500
AUTOMATIC = "auto_renews"
PLAIN = Recipe(age=False, changes=(), windows=())
CHANGING = Recipe(age=False, changes=(3,), windows=())
_CHANGING = ("health", "mrr", "seats", "people", "people_with_say", "support_tickets_90d")
_CONTRACT = ("tier", "term", "paid_months")


@dataclass(frozen=True)
class Plan:
    """What the features are, fixed when a model is trained and kept with it."""

    metrics: tuple[str, ...]
    encoding: Encoding
    causes: tuple[str, ...]
    exclude: tuple[str, ...]
    refused: tuple[Mapping[str, str], ...] = ()

    @classmethod
    def now(cls, definition: ForecastDefinition) -> "Plan":
        """From the metrics, attributes and levels there are today."""
        every = list(Account.objects.values_list("pk", flat=True))
        client = any(change.client for change in levels.changes(every))
        causes = (CHURN, CONTRACTION, EXPANSION, *((CLIENT,) if client else ()))
        renewal = auto_renewal(clock.today())
        refused = () if renewal.dated else (_undated(renewal),)
        return cls(tuple(usage_metrics()), Encoding.learn(), causes, definition.exclude, refused)

    @property
    def automatic(self) -> bool:
        """Whether auto-renewal may be used."""
        refused = {entry["column"] for entry in self.refused}
        return not refused & {AUTOMATIC} and AUTOMATIC not in self.exclude

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        words = {field: list(found) for field, found in self.encoding.words.items()}
        lists = {name: list(getattr(self, name)) for name in ("metrics", "causes", "exclude")}
        return {**lists, "encoding": words, "refused": [dict(entry) for entry in self.refused]}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Plan":
        """What `plain` gave."""
        words = {field: tuple(found) for field, found in plain["encoding"].items()}
        lists = [tuple(plain[name]) for name in ("metrics", "causes", "exclude")]
        return cls(lists[0], Encoding(words), lists[1], lists[2], tuple(plain["refused"]))

    def recipes(self) -> dict[str, Recipe]:
        """Which features come with their change over three months."""
        steady = ("days_since", "trend", "baseline", "idle")
        moving = [m for m in self.metrics if not any(word in m for word in steady)]
        return dict.fromkeys((*moving, *_CHANGING), CHANGING)


def _undated(renewal: AutoRenewal) -> dict[str, str]:
    counts = {"early": renewal.early, "notices": renewal.notices, "share": f"{renewal.usual:.0%}"}
    reason = sentences.UNDATED % counts
    return {"column": AUTOMATIC, "reason": reason, "proof": renewal.proof, "rule": "status"}


@dataclass(frozen=True)
class Tables:
    """Everything known of some accounts. `values`: name → (accounts, days), days ascending."""

    books: Books
    days: tuple[date, ...]
    values: Mapping[str, Floats]
    observations: Observations
    terms: Terms
    conversion: Conversion
    rule: ChurnRule

    def panel(self, plan: Plan, grid: Grid) -> Panel:
        """The rows of a grid, from what was recorded by its `as_of`."""
        return build(
            spells_as_of(self.books, grid.as_of, self.rule),
            grid,
            observations=self.observations,
            arrivals=_arrivals(self.books, self.movements(grid.as_of), grid.as_of),
            terms=self.terms,
            causes=plan.causes,
            recipes=plan.recipes(),
            default=PLAIN,
        )

    def movements(self, day: date) -> list[Step]:
        """Every contraction and expansion known at the end of a day."""
        return movements_as_of(self.books, day, self.conversion)


def gather_tables(plan: Plan, accounts: Sequence[int], days: Sequence[date]) -> Tables:
    """What was known of some accounts (ascending keys) on each day."""
    books = Books.read(accounts)
    conversion = rates().on(end_of(days[-1]).date())
    values = {
        **_contract_features(accounts, days),
        "mrr": mrr_on(books, days, conversion),
        **usage_features(plan.metrics, accounts, days),
        **timeline_features(accounts, days),
        **people_features(accounts, days),
        **health_features(accounts, days),
        **pulse_feature(accounts, days),
        **level_feature(accounts, days),
        **attribute_features(plan.encoding, accounts, days),
    }
    kept = {name: table for name, table in values.items() if name not in plan.exclude}
    observed = _long(kept, accounts, days)
    terms = terms_until(books, days[-1])
    if not plan.automatic:
        terms = replace(terms, automatic=np.full(terms.automatic.shape, np.nan))
    return Tables(books, tuple(days), kept, observed, terms, conversion, churn_rule())


def _contract_features(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    contracts = contracts_on(days, accounts)
    found: dict[str, Floats] = {name: getattr(contracts, name) for name in _CONTRACT}
    found["renewals_done"] = contracts.renewals
    found["seats"] = contracts.seats
    found["top_tier"] = contracts.top_tier.astype(float)
    return found


def _long(
    values: Mapping[str, Floats], accounts: Sequence[int], days: Sequence[date]
) -> Observations:
    """Every cell as an observation; an unknown one takes the value before it back."""
    names = tuple(sorted(values))
    n, t = len(accounts), len(days)
    when = np.tile(np.array(days, dtype="datetime64[D]"), n * len(names))
    return Observations(
        account=np.tile(np.repeat(np.asarray(accounts, dtype=np.int64), t), len(names)),
        name=np.repeat(np.arange(len(names), dtype=np.int32), n * t),
        occurred=when,
        recorded=when,
        value=np.concatenate([values[name].ravel() for name in names]),
        names=names,
    )


def _arrivals(books: Books, steps: Sequence[Step], day: date) -> Arrivals:
    """Contractions, expansions and becoming a client; all known by the end of the day."""
    rows = [(account, cause, on) for account, cause, on, _ in steps]
    before: dict[int, bool] = {}
    for change in levels.changes(books.accounts):
        if change.client and not before.get(change.account, False) and change.day <= day:
            rows.append((change.account, CLIENT, change.day))
        before[change.account] = change.client
    when = np.array([row[2] for row in rows], dtype="datetime64[D]")
    return Arrivals(
        account=np.array([row[0] for row in rows], dtype=np.int64),
        cause=np.array([row[1] for row in rows], dtype=np.str_),
        occurred=when,
        recorded=when,
    )


def chunks(accounts: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ranges of keys."""
    for start in range(0, len(accounts), CHUNK):
        yield accounts[start : start + CHUNK]


def panel_of(plan: Plan, grids: Sequence[Grid], report: Report = silent) -> list[Panel]:
    """One panel per grid, over all accounts. Grids share their first day and day of the month."""
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    days = grid_days(grids[0].first, max(grid.last for grid in grids))
    parts: list[list[Panel]] = [[] for _ in grids]
    for done, chunk in enumerate(chunks(accounts)):
        tables = gather_tables(plan, chunk, days)
        for part, grid in zip(parts, grids, strict=True):
            part.append(tables.panel(plan, grid))
        report(done + 1, -(-len(accounts) // CHUNK))
    return [joined(part) for part in parts]


def joined(panels: Sequence[Panel]) -> Panel:
    """The rows of several panels with the same columns, in order."""
    return replace(
        panels[0],
        account=np.concatenate([panel.account for panel in panels]),
        origin=np.concatenate([panel.origin for panel in panels]),
        features=np.concatenate([panel.features for panel in panels]),
        months=np.concatenate([panel.months for panel in panels]),
        followed=np.concatenate([panel.followed for panel in panels]),
        ahead=np.concatenate([panel.ahead for panel in panels]),
    )
