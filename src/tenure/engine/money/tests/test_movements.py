"""Hand-computed movements, one situation a case."""

from decimal import Decimal

import pytest

from tenure.engine.money import Cause, changes, movements
from tenure.engine.money.tests.books import EUR, RATES, at, book

YEAR = ("2024-01-01", "2025-01-01")

# situation: (periods, window, expected "account kind amount cause±amount …")
CASES = {
    "a first purchase is new": (["1a A - 100 2024-03-10"], YEAR, ["1 new 100 start+100"]),
    "a period starting at the window's start is part of its base": (
        ["1a A - 100 2024-01-01"],
        YEAR,
        [],
    ),
    "a period starting at the window's end is part of its outcome": (
        ["1a A - 100 2025-01-01"],
        YEAR,
        ["1 new 100 start+100"],
    ),
    "a trial alone moves nothing": (["1a A - 100 2024-03-01 2024-04-01 trial"], YEAR, []),
    "a trial that turns into payment is new, by the trial": (
        ["1a A - 100 2024-03-01 trial", "1a A - 100 2024-04-01"],
        YEAR,
        ["1 new 100 trial+100"],
    ),
    "a free plan that turns into a paid one is new": (
        ["1a A - 0 2023-03-01", "1a B - 80 2024-04-01"],
        YEAR,
        ["1 new 80 start+80"],
    ),
    "a paid plan that turns into a free one is churn": (
        ["1a B - 80 2023-04-01", "1a A - 0 2024-04-01"],
        YEAR,
        ["1 churn 80 end-80"],
    ),
    "more seats at one price are expansion by seats": (
        ["1a A 10 100 2023-01-01", "1a A 15 150 2024-05-17"],
        YEAR,
        ["1 expansion 50 seats+50"],
    ),
    "a higher price for the same seats is expansion by price": (
        ["1a A 10 100 2023-01-01", "1a A 10 110 2024-05-17"],
        YEAR,
        ["1 expansion 10 price+10"],
    ),
    "seats and price together split exactly": (
        ["1a A 10 100 2023-01-01", "1a A 15 180 2024-05-17"],
        YEAR,
        ["1 expansion 80 seats+50 price+30"],
    ),
    "a split that doesn't divide still adds up": (
        ["1a A 3 100 2023-01-01", "1a A 4 100.01 2024-05-17"],
        YEAR,
        ["1 expansion 0.01 seats+33.3333 price-33.3233"],
    ),
    "fewer seats are contraction": (
        ["1a A 10 100 2023-01-01", "1a A 4 40 2024-05-17"],
        YEAR,
        ["1 contraction 60 seats-60"],
    ),
    "an upgrade with more seats splits into plan and seats": (
        ["1a A 10 100 2023-01-01", "1a B 20 300 2024-05-17"],
        YEAR,
        ["1 expansion 200 plan+100 seats+100"],
    ),
    "without known seats all of an upgrade is the plan's": (
        ["1a A - 100 2023-01-01", "1a B 20 300 2024-05-17"],
        YEAR,
        ["1 expansion 200 plan+200"],
    ),
    "a plan swap at equal price moves nothing": (
        ["1a A - 100 2023-01-01", "1a B - 100 2024-05-17"],
        YEAR,
        [],
    ),
    "several changes in a window are summed by cause": (
        ["1a A 10 100 2023-01-01", "1a A 12 120 2024-03-01", "1a A 12 114 2024-06-01"],
        YEAR,
        ["1 expansion 14 seats+20 price-6"],
    ),
    "changes that cancel out are no movement": (
        ["1a A 10 100 2023-01-01", "1a A 12 120 2024-03-01", "1a A 10 100 2024-06-01"],
        YEAR,
        [],
    ),
    "a second subscription is expansion by a product": (
        ["1a A - 100 2023-01-01", "1b C - 40 2024-02-29"],
        YEAR,
        ["1 expansion 40 product+40"],
    ),
    "a dropped second subscription is contraction by a product": (
        ["1a A - 100 2023-01-01", "1b C - 40 2023-01-01 2024-02-29"],
        YEAR,
        ["1 contraction 40 product-40"],
    ),
    "a subscription that replaces another at the same moment is a change of plan": (
        ["1a A - 100 2023-01-01 2024-06-15", "1b B - 130 2024-06-15"],
        YEAR,
        ["1 expansion 30 plan+30"],
    ),
    "the end of the last subscription is churn": (
        ["1a A - 100 2023-01-01 2024-02-01", "1b C - 40 2023-01-01 2024-02-29"],
        YEAR,
        ["1 churn 140 end-140"],
    ),
    "an end at the window's end has happened": (
        ["1a A - 100 2023-01-01 2025-01-01"],
        YEAR,
        ["1 churn 100 end-100"],
    ),
    "a return after a gap is reactivation": (
        ["1a A - 100 2022-01-01 2023-02-01", "1a A - 120 2024-05-01"],
        YEAR,
        ["1 reactivation 120 return+120"],
    ),
    "a gap inside the window leaves the net change": (
        ["1a A - 100 2022-01-01 2024-02-01", "1a A - 120 2024-05-01"],
        YEAR,
        ["1 expansion 20 return+120 end-100"],
    ),
    "coming and going inside the window is nothing": (
        ["1a A - 100 2024-02-01 2024-05-01"],
        YEAR,
        [],
    ),
    "a renewal on the same terms of three years moves nothing": (
        ["1a A 5 100 2021-06-01 term=36", "1a A 5 100 2024-06-01 term=36"],
        YEAR,
        [],
    ),
    "each account has its own movement": (
        ["1a A - 100 2024-02-01", "2a A - 70 2022-01-01 2024-05-01"],
        YEAR,
        ["1 new 100 start+100", "2 churn 70 end-70"],
    ),
}


def told(found) -> list[str]:
    return [
        " ".join(
            [f"{m.account} {m.kind} {m.amount.normalize():f}"]
            + [f"{cause}{amount.normalize():+f}" for cause, amount in m.causes]
        )
        for m in found
    ]


@pytest.mark.parametrize("situation", CASES)
def test_hand_computed(situation):
    lines, (start, end), expected = CASES[situation]
    assert told(movements(book(*lines), at(start), at(end), EUR)) == expected


def test_a_plan_swap_at_equal_price_is_told_as_a_change_of_nothing():
    periods = book("1a A 5 100 2023-01-01", "1a B 5 100 2024-05-17")
    (swap,) = changes(periods, at("2024-01-01"), at("2025-01-01"), EUR)
    assert (swap.cause, swap.amount, swap.at) == (Cause.PLAN, 0, at("2024-05-17"))


def test_seats_given_for_free_are_told_as_a_change_of_nothing():
    periods = book("1a A 5 100 2023-01-01", "1a A 8 100 2024-05-17")
    (gift,) = changes(periods, at("2024-01-01"), at("2025-01-01"), EUR)
    assert (gift.cause, gift.amount) == (Cause.SEATS, 0)


def test_the_life_of_an_account_is_told_cause_by_cause():
    periods = book(
        "1a A - 100 2024-01-01 trial",
        "1a A - 100 2024-02-01",
        "1b C - 30 2024-03-01",
        "1a A - 100 2024-04-01 2024-05-01",
        "1b C - 30 2024-04-01 2024-06-01",
        "1a A - 90 2024-08-01",
    )
    told = [(c.cause, c.amount) for c in changes(periods, at("2023-01-01"), at("2025-01-01"), EUR)]
    assert told == [
        (Cause.TRIAL, 100),
        (Cause.PRODUCT, 30),
        (Cause.PRODUCT, -100),
        (Cause.END, -30),
        (Cause.RETURN, 90),
    ]


def test_exchange_rates_alone_move_nothing():
    periods = book("1a A - 100 2023-06-01 currency=USD")
    assert not movements(
        periods, at("2024-01-01"), at("2024-12-01"), RATES.on(at("2024-12-01").date())
    )


def test_another_currency_for_the_same_plan_is_the_cause():
    periods = book("1a A - 100 2024-01-01 currency=USD", "1a A - 95 2024-02-01")
    (moved,) = movements(
        periods, at("2024-01-15"), at("2024-06-01"), RATES.on(at("2024-06-01").date())
    )
    assert moved.causes == ((Cause.CURRENCY, Decimal("5.0000")),)


def test_an_account_without_a_rate_is_left_out_whole():
    periods = book("1a A - 100 2023-01-01 2024-03-01 currency=JPY", "1b A - 95 2024-03-01")
    assert movements(periods, at("2024-01-01"), at("2025-01-01"), EUR) == []


def test_a_family_moves_as_one():
    periods = book("1a A - 100 2023-01-01 2024-05-01", "2a A - 130 2024-05-01")
    alone = movements(periods, at("2024-01-01"), at("2025-01-01"), EUR)
    together = movements(periods, at("2024-01-01"), at("2025-01-01"), EUR, {2: 1})
    assert told(alone) == ["1 churn 100 end-100", "2 new 130 start+130"]
    assert told(together) == ["1 expansion 30 price+30"]


def test_a_window_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="start <= end"):
        movements([], at("2025-01-01"), at("2024-01-01"), EUR)
