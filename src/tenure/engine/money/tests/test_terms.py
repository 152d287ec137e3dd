"""Renewals, months paid and churn dates, one situation a case."""

from datetime import date
from decimal import Decimal

import pytest

from tenure.engine.money import (
    ChurnRule,
    Period,
    Spell,
    add_months,
    completed_renewals,
    contractual_churns,
    next_renewal,
    paid_months,
    renewal_within,
    spells_of,
    state_at,
    usage_churn,
    whole_months,
)
from tenure.engine.money.tests.books import EUR, at, book

# situation: (periods, on, completed renewals, next renewal)
TERMS = {
    "a year's term still running": (
        ["1a A - 1 2024-03-01 interval=year"],
        "2025-02-01",
        [],
        "2025-03-01",
    ),
    "years that renewed": (
        ["1a A - 1 2022-03-01 interval=year"],
        "2024-03-01",
        ["2023-03-01", "2024-03-01"],
        "2025-03-01",
    ),
    "months that renewed": (
        ["1a A - 1 2024-01-31 interval=month"],
        "2024-04-15",
        ["2024-02-29", "2024-03-31"],
        "2024-04-30",
    ),
    "a term of three years": (
        ["1a A - 1 2020-01-01 term=36"],
        "2024-06-01",
        ["2023-01-01"],
        "2026-01-01",
    ),
    "a term longer than the billing interval counts as the term": (
        ["1a A - 1 2023-01-01 interval=month term=12"],
        "2024-06-01",
        ["2024-01-01"],
        "2025-01-01",
    ),
    "a stated renewal that passed": (
        ["1a A - 1 2023-01-01 renews=2023-12-15"],
        "2024-06-01",
        ["2023-12-15"],
        None,
    ),
    "a stated renewal ahead, after years on the same term": (
        ["1a A - 1 2021-02-01 renews=2025-02-01 term=12"],
        "2024-06-01",
        ["2022-02-01", "2023-02-01", "2024-02-01"],
        "2025-02-01",
    ),
    "a stated renewal that passed goes on by term": (
        ["1a A - 1 2023-01-01 renews=2024-01-01 term=12"],
        "2025-06-01",
        ["2024-01-01", "2025-01-01"],
        "2026-01-01",
    ),
    "a short first term up to a common date": (
        ["1a A - 1 2023-12-10 renews=2025-01-01 term=12"],
        "2025-06-01",
        ["2025-01-01"],
        "2026-01-01",
    ),
    "a first term of less than half a term is none": (
        ["1a A - 1 2023-09-10 renews=2025-01-01 term=12"],
        "2024-06-01",
        [],
        "2025-01-01",
    ),
    "monthly invoices under a stated renewal date": (
        ["1a A - 1 2024-01-01 renews=2025-01-01 interval=month"],
        "2024-06-01",
        [],
        "2025-01-01",
    ),
    "a change of seats in mid-term leaves the term": (
        ["1a A 5 1 2023-01-01 interval=year", "1a A 9 2 2023-07-10 interval=year"],
        "2024-02-01",
        ["2024-01-01"],
        "2025-01-01",
    ),
    "a change from months to a year starts a new term": (
        ["1a A - 1 2024-01-01 interval=month", "1a A - 1 2024-03-01 interval=year"],
        "2024-12-01",
        ["2024-02-01", "2024-03-01"],
        "2025-03-01",
    ),
    "a renewal written as a new row counts once": (
        [
            "1a A - 1 2023-01-01 renews=2024-01-01 term=12",
            "1a A - 2 2024-01-01 renews=2025-01-01 term=12",
        ],
        "2024-06-01",
        ["2024-01-01"],
        "2025-01-01",
    ),
    "a subscription that ended with its term didn't renew": (
        ["1a A - 1 2023-01-01 2024-01-01 term=12"],
        "2024-06-01",
        [],
        None,
    ),
    "a term that ends with the subscription is still to be decided": (
        ["1a A - 1 2023-01-01 2024-01-01 term=12"],
        "2023-06-01",
        [],
        "2024-01-01",
    ),
    "a subscription that ends before its term has no renewal": (
        ["1a A - 1 2023-01-01 2023-09-01 term=12"],
        "2023-06-01",
        [],
        None,
    ),
    "a gap starts a new term": (
        ["1a A - 1 2022-01-01 2023-02-01 term=12", "1a A - 1 2023-05-01 term=12"],
        "2024-04-01",
        ["2023-01-01"],
        "2024-05-01",
    ),
    "a trial is no term": (
        ["1a A - 1 2023-12-01 trial interval=year", "1a A - 1 2024-01-01 interval=year"],
        "2024-12-15",
        [],
        "2025-01-01",
    ),
    "no term known": (["1a A - 1 2023-01-01"], "2024-06-01", [], None),
}


@pytest.mark.parametrize("situation", TERMS)
def test_renewals(situation):
    lines, on, completed, following = TERMS[situation]
    periods = book(*lines)
    assert completed_renewals(periods, at(on)) == [at(day) for day in completed]
    assert next_renewal(periods, at(on)) == (at(following) if following else None)


def test_two_subscriptions_renewing_on_one_day_renewed_once():
    periods = book("1a A - 1 2023-01-01 term=12", "1b B - 1 2023-01-01 term=12")
    assert completed_renewals(periods, at("2024-06-01")) == [at("2024-01-01")]


def test_a_window_finds_its_first_renewal():
    periods = book("1a A - 1 2023-01-01 interval=month")
    assert renewal_within(periods, at("2024-02-15"), at("2024-06-01")) == at("2024-03-01")
    assert renewal_within(periods, at("2022-02-15"), at("2022-06-01")) is None


@pytest.mark.parametrize("term", [1, 12, 32767])
def test_dates_at_the_edge_of_the_calendar_end_the_search(term):
    edge = Period(
        "s", 1, 1, 1, Decimal(1), "EUR", at("9998-01-01"), term_months=term, renews=at("9999-06-01")
    )
    assert next_renewal([edge], at("9999-07-01")) in {at("9999-08-01"), None}
    early = Period("s", 1, 1, 1, Decimal(1), "EUR", at("0001-01-01"), term_months=term)
    assert len(completed_renewals([early], at("0003-01-01"))) <= 24


SPELLS = {
    "nothing paid yet": (["1a A - 1 2024-05-01"], "2024-04-01", 0),
    "a year to the day": (["1a A - 1 2023-04-01"], "2024-04-01", 12),
    "a day short of a year": (["1a A - 1 2023-04-02"], "2024-04-01", 11),
    "a gap doesn't count": (
        ["1a A - 1 2023-01-01 2023-07-01", "1a A - 1 2024-01-01"],
        "2024-04-01",
        9,
    ),
    "time after the end doesn't count": (["1a A - 1 2023-01-01 2023-07-01"], "2025-01-01", 6),
    "overlapping subscriptions count once": (
        ["1a A - 1 2023-01-01 2023-07-01", "1b A - 1 2023-03-01 2023-10-01"],
        "2025-01-01",
        9,
    ),
    "trials and free plans don't count": (
        ["1a A - 0 2022-01-01 2022-06-01", "1b A - 5 2022-06-01 2022-07-01 trial"],
        "2025-01-01",
        0,
    ),
}


@pytest.mark.parametrize("situation", SPELLS)
def test_months_paid(situation):
    lines, on, expected = SPELLS[situation]
    assert paid_months(spells_of(book(*lines)), at(on)) == expected


def test_spells_join_where_they_touch_and_stay_open():
    periods = book("1a A - 1 2023-01-01 2023-07-01", "1b A - 1 2023-07-01")
    assert spells_of(periods) == [Spell(at("2023-01-01"), None)]


def test_months_keep_the_day_or_take_the_last_of_the_month():
    assert add_months(at("2024-01-31"), 1) == at("2024-02-29")
    assert add_months(at("2024-01-31"), -2) == at("2023-11-30")
    assert whole_months(at("2024-01-31"), at("2024-02-29")) == 1
    assert whole_months(at("2024-02-01"), at("2024-01-01")) == 0


def test_contractual_churn_waits_for_the_days_of_the_rule():
    spells = spells_of(book("1a A - 1 2023-01-01 2023-07-01", "1a A - 1 2023-07-21 2024-01-01"))
    at_once, patient = ChurnRule(), ChurnRule(contractual_days=30)
    day = at("2024-06-01")
    assert contractual_churns(spells, at_once, day) == [at("2023-07-01"), at("2024-01-01")]
    assert contractual_churns(spells, patient, day) == [at("2024-01-31")]
    assert contractual_churns(spells, patient, at("2024-01-15")) == []


@pytest.mark.parametrize(
    ("last_active", "lost"),
    [(date(2024, 1, 1), date(2024, 3, 1)), (date(2024, 2, 1), None), (None, date(2024, 3, 1))],
)
def test_usage_churn_counts_from_the_last_active_day_or_the_first_paid_one(last_active, lost):
    found = usage_churn(last_active, date(2024, 1, 1), ChurnRule(), date(2024, 3, 15))
    assert found == lost


def test_a_notice_given_later_is_not_known_before():
    noticed = Period(
        "s", 1, 1, 1, Decimal(5), "EUR", at("2023-01-01"), cancel_notified=at("2023-06-01")
    )
    assert state_at([noticed], at("2023-05-01"), EUR).cancel_notified_at is None
    assert state_at([noticed], at("2023-07-01"), EUR).cancel_notified_at == at("2023-06-01")
