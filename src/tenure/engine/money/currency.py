"""Dated exchange rates, held still at one day.

Rates move every day; subscriptions don't. So a comparison of two dates converts both with the
rates of one day (constant currency): exchange rates alone never make a movement, and the
identity of movements holds to the last digit. The day is the caller's choice; Tenure takes the
end of the window it compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

CENT_OF_CENT = Decimal("0.0001")
"""The smallest amount kept: every converted amount is a whole multiple of it."""


@dataclass(frozen=True)
class Conversion:
    """The rates of one day. `factors`: reporting currency per unit of each known currency."""

    reporting: str
    factors: Mapping[str, Decimal]

    def __call__(self, amount: Decimal, currency: str) -> Decimal | None:
        """The amount in the reporting currency to 4 decimals; None without a rate."""
        if currency == self.reporting:
            return amount.quantize(CENT_OF_CENT)
        factor = self.factors.get(currency)
        return None if factor is None else (amount * factor).quantize(CENT_OF_CENT)

    def known(self, currency: str) -> bool:
        """Whether amounts in the currency can be converted."""
        return currency == self.reporting or currency in self.factors


@dataclass(frozen=True)
class Rates:
    """Dated rates: each (currency, day, rate) holds from its day until the currency's next.

    Before its first day a currency has no rate: nothing is guessed backwards.
    """

    reporting: str
    rows: tuple[tuple[str, date, Decimal], ...] = field(default=())

    def on(self, day: date) -> Conversion:
        """The conversion with the rates in force on a day."""
        ordered = sorted(self.rows, key=lambda row: row[:2])
        return Conversion(self.reporting, {c: rate for c, since, rate in ordered if since <= day})
