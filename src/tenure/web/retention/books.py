"""The books that the refresh kept, of the accounts a reader counts."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.contracts.selectors import churn_rule
from tenure.engine.retention import Book, Spans
from tenure.web.ladder.scope import Scope
from tenure.web.models import RetentionBook
from tenure.web.retention.packing import spans_unpacked, steps_unpacked

Ints = NDArray[np.int64]
USE, CONTRACT = "usage", "contractual"


@dataclass(frozen=True)
class Kept:
    """The books, and the times in which an account counts as one by the meaning of churn shown.

    Attributes:
        lives: By contract the times of payment, by use those parts of them with active people.
        levels: From the day a level was reached until the account was lost, by the same meaning.
        lost: "contractual" or "usage"; `days` of that rule.
        seen_from: The first activity known of anybody; None when none is collected.
    """

    book: Book
    lives: Spans
    levels: Spans
    lost: str
    days: int
    seen_from: datetime | None

    def of(self, accounts: Ints) -> "Kept":
        """Those of some accounts (ascending keys)."""
        return replace(
            self,
            book=self.book.of(accounts),
            lives=self.lives.of(accounts),
            levels=self.levels.of(accounts),
        )

    def tiers(self) -> tuple[Ints, Ints]:
        """Every account that ever paid, and the tier it first paid for."""
        first = self.book.spells.firsts()
        return first.account, first.marks["tier"]

    def of_tier(self, tier: int) -> "Kept":
        """Those of accounts that first paid for a tier."""
        accounts, tiers = self.tiers()
        return self.of(accounts[tiers == tier])


def kept_now(lost: str) -> Kept | None:
    """The newest books; None before the first refresh.

    `lost`: the meaning of churn asked for; "" asks for the one in the definition. By use can only
    be shown when activity is collected.
    """
    # The whole row at once: a refresh may replace it at any time.
    row = RetentionBook.objects.order_by("-pk").first()
    if row is None:
        return None
    by_use = (lost or churn_rule().shown) == USE and row.seen_from is not None
    book = Book(
        row.as_of,
        steps_unpacked(row.steps),
        spans_unpacked(row.spells),
        np.array(row.unconverted, dtype=np.int64),
    )
    levels = row.levels_in_use if by_use else row.levels
    return Kept(
        book=book,
        lives=spans_unpacked(row.spells_in_use or b"") if by_use else book.spells,
        levels=spans_unpacked(levels or b""),
        lost=USE if by_use else CONTRACT,
        days=row.usage_days if by_use else row.contractual_days,
        seen_from=row.seen_from,
    )


def narrowed(kept: Kept, scope: Scope, visible: QuerySet[Account], sees_all: bool) -> Kept:
    """Only the accounts the reader may see and asked for.

    A tier here is the one an account first paid for: what it pays for now would leave out all
    that have left.
    """
    today = scope.without("tier")
    if not sees_all or today.is_set:
        pks = today.accounts(visible).order_by("pk").values_list("pk", flat=True)
        kept = kept.of(np.fromiter(pks.iterator(), dtype=np.int64))
    return kept.of_tier(int(scope.tier)) if scope.tier else kept
