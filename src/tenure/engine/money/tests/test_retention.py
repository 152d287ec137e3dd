"""Retention figures and unit economics against sums done by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tenure.engine.money import economics, waterfall, waterfall_series
from tenure.engine.money.tests.books import EUR, at, book

START, END = at("2024-01-01"), at("2025-01-01")
PORTFOLIO = book(
    "1a A 10 1000 2023-01-01",
    "1a A 15 1500 2024-03-01",  # expansion 500
    "2a A - 400 2023-01-01",
    "2a A - 300 2024-06-01",  # contraction 100
    "3a A - 600 2023-01-01 2024-09-01",  # churn 600
    "4a A - 250 2024-02-01",  # new 250
    "5a A - 200 2022-01-01 2023-06-01",
    "5a A - 150 2024-10-01",  # reactivation 150
    "6a A - 99 2024-12-20 trial",
)


@pytest.fixture(scope="module")
def year():
    return waterfall(PORTFOLIO, START, END, EUR)


def test_the_waterfall_of_a_portfolio(year):
    assert (year.mrr_start, year.mrr_end) == (2000, 2200)
    assert (year.new, year.reactivation, year.expansion) == (250, 150, 500)
    assert (year.contraction, year.churn) == (100, 600)


def test_gross_retention_takes_only_losses(year):
    assert year.grr == Decimal(1300) / 2000


def test_net_retention_adds_the_growth_of_the_same_accounts(year):
    assert year.nrr == Decimal(1800) / 2000


def test_logo_churn_counts_accounts(year):
    assert (year.accounts_start, year.accounts_end, year.lost, year.gained) == (3, 4, 1, 2)
    assert year.logo_churn == Decimal(1) / 3


def test_the_quick_ratio_sets_growth_against_loss(year):
    assert year.quick_ratio == Decimal(900) / 700


def test_growth_never_lifts_gross_retention_above_one():
    found = waterfall(book("1a A - 10 2023-01-01", "1a A - 90 2024-02-01"), START, END, EUR)
    assert (found.grr, found.nrr, found.quick_ratio) == (1, 9, None)


def test_ratios_of_nothing_are_unknown():
    found = waterfall([], START, END, EUR)
    assert (found.grr, found.nrr, found.logo_churn, found.quick_ratio) == (None,) * 4


def test_an_account_counts_as_lost_only_after_the_days_of_the_churn_rule():
    periods = book("1a A - 10 2023-01-01 2024-01-20", "2a A - 10 2023-01-01")
    cuts = [at("2024-01-01"), at("2024-02-01"), at("2024-03-01")]
    assert [w.lost for w in waterfall_series(periods, cuts, EUR)] == [1, 0]
    assert [w.lost for w in waterfall_series(periods, cuts, EUR, timedelta(days=30))] == [0, 1]


def test_an_account_back_within_the_days_was_never_lost():
    periods = book("1a A - 10 2023-01-01 2024-01-20", "1a A - 10 2024-02-10")
    cuts = [at("2024-01-01"), at("2024-02-01"), at("2024-03-01")]
    found = waterfall_series(periods, cuts, EUR, timedelta(days=30))
    assert [(w.lost, w.gained, w.churn, w.reactivation) for w in found] == [
        (0, 0, 10, 0),
        (0, 0, 0, 10),
    ]


def test_an_account_without_a_rate_is_listed_and_in_no_sum():
    periods = book("1a A - 10 2023-01-01 currency=JPY", "2a A - 10 2023-01-01")
    found = waterfall(periods, START, END, EUR)
    assert found.unconverted == ((1, ("JPY",)),)
    assert (found.mrr_start, found.accounts_start) == (10, 1)


def test_unit_economics_of_a_year(year):
    found = economics(year, 12, Decimal(3000), Decimal(1200), margin=Decimal("0.8"))
    assert found.cac == 3000  # one new account
    assert found.retention_cost == 400  # three accounts at the start
    assert found.payback_months == Decimal(15)  # 3000 / (250 x 0.8)
    assert float(found.monthly_churn) == pytest.approx(1 - 0.65 ** (1 / 12))
    assert float(found.ltv) == pytest.approx(550 * 0.8 / (1 - 0.65 ** (1 / 12)))
    assert found.ltv_to_cac == found.ltv / 3000


def test_economics_without_costs_or_losses_are_unknown_not_zero():
    kept = waterfall(book("1a A - 10 2023-01-01"), START, END, EUR)
    found = economics(kept, 12, None, None)
    assert (found.cac, found.retention_cost, found.ltv, found.ltv_to_cac) == (None,) * 4
    assert (found.monthly_churn, found.payback_months) == (0, None)


def test_a_credit_that_shrinks_is_growth_but_not_of_an_account_that_paid():
    periods = book("1a A - -50 2023-01-01", "1a A - -20 2024-02-01", "2a A - 100 2023-01-01")
    found = waterfall(periods, START, END, EUR)
    assert (found.mrr_start, found.expansion, found.mrr_end) == (50, 30, 80)
    assert found.nrr == 1
