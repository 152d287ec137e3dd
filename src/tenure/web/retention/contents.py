"""Everything the page shows below its filters, put together from the books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from tenure.accounts.models import Account
from tenure.contracts.benchmarks import benchmarks_are_shipped
from tenure.contracts.models import Cost
from tenure.core.models import DefinitionVersion
from tenure.engine.retention import month_begin, month_number
from tenure.web.models import RetentionBook
from tenure.web.retention.beside import Figure, figures_of
from tenure.web.retention.books import Kept, kept_now, narrowed
from tenure.web.retention.bridging import Shown, bridge_shown, window_of
from tenure.web.retention.choices import Choices
from tenure.web.retention.curves import Curves, curves_of
from tenure.web.retention.economy import Economy, economy_of
from tenure.web.retention.heat import Heat, heat_of
from tenure.web.retention.monthly import Monthly, monthly_of
from tenure.web.retention.words import month_name
from tenure.web.sources.kept import cache_key

MONTHS_OFFERED = 60
KEEP_SECONDS = 900
Card = TypeVar("Card")


@dataclass(frozen=True)
class Basis:
    """What the numbers rest on: the meaning of churn, the moment, and what is left out."""

    as_of: datetime
    lost: str
    days: int
    seen_from: datetime | None
    unconverted: int


@dataclass(frozen=True)
class Contents:
    """The cards of the page. `accounts` that ever paid; with none, there are no cards.

    `whole`: these are the whole company's accounts, so that costs can stand beside them.
    """

    basis: Basis
    accounts: int
    whole: bool
    cards: "Cards | None"


@dataclass(frozen=True)
class Cards:
    """What each card shows. `months`: (key, name) of those a period may begin and end with."""

    bridge: Shown
    monthly: Monthly
    heat: Heat
    curves: Curves
    economy: Economy | None
    figures: list[Figure]
    shipped: bool
    months: list[tuple[str, str]]


def state_of() -> tuple[Any, ...]:
    """Changes whenever the books, the definitions or the costs do."""
    book = RetentionBook.objects.aggregate(newest=Max("pk"))["newest"]
    definition = DefinitionVersion.objects.aggregate(newest=Max("pk"))["newest"]
    cost = Cost.objects.aggregate(newest=Max("pk"), gone=Max("superseded_at"))
    return (book, definition, cost["newest"], cost["gone"])


def contents_of(reader: "Reader", choices: Choices) -> Contents | None:
    """The contents, card by card from the cache; None before the books were first made.

    A card that the cache doesn't hold is made anew, so a change of one switch costs one card.
    """
    found = reader.card("basis", lambda: _basis(reader), choices.lost)
    if not found:
        return None
    basis, accounts = found
    return Contents(basis, accounts, reader.whole, _cards(reader, choices) if accounts else None)


class Reader:
    """The books of one reader, opened only when a card has to be made.

    `mark` changes whenever a number of theirs may have.
    """

    def __init__(
        self, choices: Choices, visible: QuerySet[Account], sees_all: bool, mark: str
    ) -> None:
        self.choices, self.visible, self.sees_all = choices, visible, sees_all
        self.whole = sees_all and not choices.scope.is_set
        self.mark = (mark, choices.lost, state_of(), get_language())

    @cached_property
    def kept(self) -> Kept | None:
        kept = kept_now(self.choices.lost)
        return kept and narrowed(kept, self.choices.scope, self.visible, self.sees_all)

    @property
    def books(self) -> Kept:
        if self.kept is None:
            raise LookupError("The books have not been made yet.")
        return self.kept

    def card(self, name: str, make: Callable[[], Card], *switches: object) -> Card:
        """A card by the switches it depends on."""
        key = cache_key("retention", name, self.mark, switches)
        known: tuple[Card] | None = cache.get(key)
        if known is None:
            known = (make(),)
            cache.set(key, known, KEEP_SECONDS)
        return known[0]


def _basis(reader: Reader) -> tuple[Basis, int] | None:
    kept = reader.kept
    if kept is None:
        return None
    missing = len(kept.book.unconverted)
    basis = Basis(kept.book.as_of, kept.lost, kept.days, kept.seen_from, missing)
    return basis, len(kept.tiers()[0])


def _cards(reader: Reader, choices: Choices) -> Cards:
    monthly = reader.card("monthly", lambda: monthly_of(reader.books, choices.split), choices.split)
    economy = reader.card("economy", lambda: economy_of(reader.books)) if reader.whole else None
    period = (choices.period, choices.first, choices.last)
    return Cards(
        bridge=reader.card("bridge", lambda: _bridge(reader.books, choices), *period),
        monthly=monthly,
        heat=reader.card(
            "heat", lambda: heat_of(reader.books, choices), choices.cohort, choices.shown
        ),
        curves=reader.card("curves", lambda: curves_of(reader.books, choices.group), choices.group),
        economy=economy,
        figures=figures_of(monthly.year, economy),
        shipped=benchmarks_are_shipped(),
        months=reader.card("months", lambda: _months(reader.books)),
    )


def _bridge(kept: Kept, choices: Choices) -> Shown:
    return bridge_shown(kept, window_of(choices, kept.book.as_of))


def _months(kept: Kept) -> list[tuple[str, str]]:
    """Newest first."""
    running = month_number(kept.book.as_of)
    return [
        (f"{month_begin(month):%Y-%m}", month_name(month))
        for month in range(running, running - MONTHS_OFFERED, -1)
    ]
