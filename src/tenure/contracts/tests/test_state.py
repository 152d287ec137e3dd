from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.accounts.models import Account
from tenure.contracts import selectors
from tenure.contracts.models import ContractState
from tenure.contracts.tests.company import account, at, ends, period, plan
from tenure.core import clock, pipeline
from tenure.core.services import currency_rate_set

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def refreshed(of: Account) -> ContractState:
    with clock.at(NOW):
        pipeline.run(only=["contracts"])
    return ContractState.objects.get(account=of)


def test_the_stage_fills_the_contract_of_a_paying_account():
    acme = account("acme")
    basic, pro = plan("basic", tier=1), plan("pro", tier=2)
    period(acme, basic, "s1", "100", "2024-01-15", interval="year")
    period(acme, pro, "s1", "150", "2024-07-15", seats=10, interval="year", auto_renew=True)
    state = refreshed(acme)
    assert (state.mrr, state.plan, state.tier, state.seats) == (Decimal(150), pro, 2, 10)
    assert (state.paying_since, state.first_paid_at) == (at("2024-01-15"), at("2024-01-15"))
    assert (state.paid_months, state.renewals_completed) == (25, 2)
    assert (state.renews_at, state.auto_renew) == (at("2027-01-15"), True)
    assert (state.ended_at, state.is_trial, state.as_of) == (None, False, NOW)


def test_an_account_without_any_period_pays_nothing_and_has_no_plan():
    state = refreshed(account("quiet"))
    assert (state.mrr, state.plan, state.seats, state.first_paid_at) == (
        Decimal(0),
        None,
        None,
        None,
    )


def test_an_account_on_trial_shows_its_plan_and_pays_nothing():
    acme = account("acme")
    period(acme, plan("pro", tier=2), "s1", "100", "2026-02-20", is_trial=True, seats=5)
    state = refreshed(acme)
    assert (state.is_trial, state.mrr, state.tier, state.seats) == (True, Decimal(0), 2, 5)
    assert (state.paying_since, state.paid_months, state.renews_at) == (None, 0, None)


def test_a_lost_account_keeps_what_it_paid_and_when_it_ended():
    acme = account("acme")
    period(acme, plan("pro", tier=2), "s1", "100", "2024-01-01", "2025-07-01", term_months=12)
    state = refreshed(acme)
    assert (state.mrr, state.plan, state.paying_since) == (Decimal(0), None, None)
    assert (state.first_paid_at, state.ended_at) == (at("2024-01-01"), at("2025-07-01"))
    assert (state.paid_months, state.renewals_completed) == (18, 1)


def test_an_account_paying_in_a_currency_without_a_rate_is_named_not_dropped():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-01", currency="JPY")
    state = refreshed(acme)
    assert (state.mrr, state.unconverted, state.paid_months) == (None, "JPY", 14)
    assert selectors.unconverted(NOW) == {acme.pk: ("JPY",)}


def test_a_foreign_subscription_is_converted_at_the_rate_of_the_day():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-01", currency="USD")
    currency_rate_set(actor=None, currency="USD", day=date(2025, 1, 1), rate=Decimal("0.9"))
    currency_rate_set(actor=None, currency="USD", day=date(2026, 2, 1), rate=Decimal("0.8"))
    assert refreshed(acme).mrr == Decimal(80)
    assert selectors.mrr_of(acme, date(2025, 6, 1)) == Decimal(90)
    with clock.at(NOW):
        assert selectors.mrr_history(acme) == [(at("2025-01-01"), Decimal(80))]


def test_several_subscriptions_add_up_and_the_highest_tier_leads():
    acme = account("acme")
    basic, pro = plan("basic", tier=1), plan("pro", tier=3)
    period(acme, basic, "s1", "500", "2025-01-01", seats=20, term_months=12)
    period(acme, pro, "s2", "100", "2025-06-01", seats=5, term_months=24, cancel="2026-02-01")
    state = refreshed(acme)
    assert (state.mrr, state.plan, state.seats, state.term_months) == (Decimal(600), pro, 25, 24)
    assert (state.renews_at, state.cancel_notified_at) == (at("2027-01-01"), at("2026-02-01"))


def test_a_scheduled_end_shows_before_it_comes():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-01", "2026-06-01")
    state = refreshed(acme)
    assert (state.mrr, state.ended_at) == (Decimal(100), at("2026-06-01"))


def test_running_the_stage_again_updates_the_same_rows():
    acme = account("acme")
    row = period(acme, plan("pro"), "s1", "100", "2025-01-01")
    first = refreshed(acme)
    ends(row, "2026-02-01")
    again = refreshed(acme)
    assert (again.pk, again.mrr) == (first.pk, Decimal(0))


def test_the_state_can_be_asked_for_as_it_was_known():
    acme = account("acme")
    period(
        acme, plan("pro"), "s1", "100", "2025-01-01", recorded="2025-01-01", superseded="2025-09-01"
    )
    period(acme, plan("pro"), "s1", "70", "2025-01-01", recorded="2025-09-01")
    then = selectors.state_of(acme, date(2025, 6, 1), known_at=at("2025-06-01"))
    now = selectors.state_of(acme, date(2025, 6, 1))
    assert (then.mrr, now.mrr) == (Decimal(100), Decimal(70))


def test_renewals_of_a_window_are_listed_once_a_subscription_with_the_terms_that_come_up():
    acme, beta = account("acme"), account("beta")
    pro = plan("pro")
    period(acme, pro, "a", "100", "2025-04-15", interval="year", auto_renew=False)
    period(beta, pro, "b", "30", "2025-01-01", interval="month")
    period(beta, pro, "gone", "30", "2025-01-01", "2026-03-20", interval="year")
    with clock.at(NOW):
        due = selectors.renewals_between(date(2026, 4, 1), date(2026, 7, 1))
    assert [(d.account, d.subscription, d.at, d.mrr, d.term_months) for d in due] == [
        (beta.pk, "b", at("2026-04-01"), Decimal(30), 1),
        (acme.pk, "a", at("2026-04-15"), Decimal(100), 12),
    ]


def test_the_stage_tells_how_many_contracts_changed():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-01")
    period(account("beta"), plan("pro"), "s2", "100", "2025-01-01", currency="JPY")
    with clock.at(NOW):
        (first,) = pipeline.run(only=["contracts"])
        (second,) = pipeline.run(only=["contracts"])
    later = NOW.replace(month=4)
    with clock.at(later):
        (third,) = pipeline.run(only=["contracts"])
    assert first.detail == {"accounts": 2, "changed": 2, "unconverted": 1}
    assert (second.detail["changed"], third.detail["changed"]) == (0, 2)
    assert set(ContractState.objects.values_list("as_of", flat=True)) == {later}
