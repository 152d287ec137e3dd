"""What winning and keeping accounts costs, where costs are loaded."""

from dataclasses import dataclass
from decimal import Decimal

from tenure.contracts.selectors import Spend, spend_by_month
from tenure.engine.money import Economics, economics, waterfalls
from tenure.engine.retention import close_of, matrix, month_number
from tenure.web.retention.books import Kept
from tenure.web.retention.words import month_name

YEAR = 12


@dataclass(frozen=True)
class Economy:
    """Unit economics of the newest closed months with costs, twelve at most."""

    name: str
    months: int
    acquisition: Decimal | None
    retention: Decimal | None
    figures: Economics


def economy_of(kept: Kept) -> Economy | None:
    """None without costs of any closed month. Costs are the whole company's, so `kept` must be."""
    spend = {month_number(day): of for day, of in spend_by_month().items()}
    closed = [month for month in spend if month < month_number(kept.book.as_of)]
    if not closed:
        return None
    last = max(closed)
    first = last
    while first - 1 in spend and last - first + 1 < YEAR:
        first -= 1
    window = range(first, last + 1)
    grid = matrix(kept.book, [close_of(first - 1), close_of(last)], kept.lives)
    acquisition, retention = (
        _sum([getattr(spend[month], name) for month in window]) for name in Spend.__slots__
    )
    return Economy(
        name=f"{month_name(first)} – {month_name(last)}",
        months=len(window),
        acquisition=acquisition,
        retention=retention,
        figures=economics(waterfalls(grid)[0], len(window), acquisition, retention),
    )


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    """None as soon as one month isn't known: a part of the spend would flatter."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None
