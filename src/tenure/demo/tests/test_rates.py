from decimal import Decimal

from tenure.demo.rates import monthly_rates
from tenure.demo.tests.conftest import SETTINGS


def test_there_is_a_rate_for_every_foreign_currency_and_month():
    rates = monthly_rates(SETTINGS)
    for currency, level in (("USD", Decimal("0.9")), ("GBP", Decimal("1.15"))):
        mine = [(day, rate) for name, day, rate in rates if name == currency]
        days = [day for day, _ in mine]
        assert days == sorted(set(days))
        assert all(day.day == 1 for day in days)
        assert days[-1] == SETTINGS.end.replace(day=1)
        assert len(days) >= SETTINGS.months
        assert all(abs(rate / level - 1) < Decimal("0.2") for _, rate in mine)


def test_rates_repeat():
    assert monthly_rates(SETTINGS) == monthly_rates(SETTINGS)
