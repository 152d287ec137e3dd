"""MRR, rates and families at their edges."""

from datetime import date
from decimal import Decimal

import pytest

from tenure.engine.money import (
    mrr_at,
    mrr_matrix,
    mrr_steps,
    roll_up,
    roots,
    subtree,
    unconverted,
    waterfall,
)
from tenure.engine.money.tests.books import EUR, RATES, at, book


def test_the_first_step_is_the_first_payment_not_the_trial():
    periods = book("1a A - 10 2024-01-01 trial", "1a A - 10 2024-02-01 2024-03-01")
    assert mrr_steps(periods, EUR) == [(at("2024-02-01"), 10), (at("2024-03-01"), 0)]


def test_a_step_in_a_currency_without_a_rate_is_unknown():
    periods = book("1a A - 10 2024-01-01 2024-02-01 currency=JPY", "1b A - 7 2024-01-15")
    assert mrr_steps(periods, EUR) == [(at("2024-01-01"), None), (at("2024-02-01"), 7)]


def test_periods_out_of_order_or_of_no_length_hold_no_money():
    periods = book("1a A - 10 2024-02-01 2024-01-01", "1b A - 9 2024-02-01 2024-02-01")
    assert mrr_at(periods, at("2024-02-01"), EUR) == 0
    assert mrr_matrix(periods, [at("2024-02-01")], EUR).accounts.tolist() == []


@pytest.mark.parametrize(
    ("day", "worth"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), Decimal(9)),
        (date(2024, 6, 30), Decimal(9)),
        (date(2024, 7, 1), Decimal("8.1235")),
    ],
)
def test_a_rate_holds_from_its_day_until_the_next(day, worth):
    assert RATES.on(day)(Decimal(10), "USD") == worth


def test_a_trial_or_a_free_plan_needs_no_rate():
    periods = book(
        "1a A - 10 2024-01-01 trial currency=JPY",
        "2a A - 0 2024-01-01 currency=JPY",
        "3a A - 10 2024-01-01 2024-03-01 currency=JPY",
    )
    assert unconverted(periods, at("2024-02-01"), at("2024-02-02"), EUR) == {3: ("JPY",)}
    assert unconverted(periods, at("2024-03-01"), at("2024-04-01"), EUR) == {}


def test_sums_beyond_64_bits_stay_exact():
    largest = "99999999999999.9999"
    periods = book(
        *(f"{n}a A - {largest} 2023-01-01" for n in range(9)), "9a A - 0.0001 2024-06-01"
    )
    found = waterfall([*periods, *periods], at("2024-01-01"), at("2025-01-01"), EUR)
    assert found.mrr_start == 18 * Decimal(largest)
    assert (found.new, found.accounts_start, found.accounts_end) == (Decimal("0.0002"), 9, 10)


def test_a_circle_of_parents_has_its_smallest_member_on_top():
    parents = {3: 4, 4: 5, 5: 3, 6: 5, 7: None}
    assert roots(parents) == {3: 3, 4: 3, 5: 3, 6: 3, 7: 7}
    assert roll_up(dict.fromkeys(parents, Decimal(1)), parents)[3] == 4
    assert subtree(4, parents) == {4}
    assert subtree(3, parents) == {3, 4, 5, 6}


def test_a_chain_of_ten_thousand_parents_is_walked_once():
    parents = {n: n - 1 if n else None for n in range(10_000)}
    assert set(roots(parents).values()) == {0}
