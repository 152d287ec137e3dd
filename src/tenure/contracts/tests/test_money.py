"""The selectors of money over the database: known when, counted under whom, converted how."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from tenure.contracts import selectors
from tenure.contracts.models import Cost
from tenure.contracts.selectors.periods import periods_running
from tenure.contracts.tests.company import account, at, period, plan
from tenure.core import clock
from tenure.core.services import currency_rate_set
from tenure.engine.money import Cause, Kind

pytestmark = pytest.mark.django_db
START, END = date(2025, 1, 1), date(2026, 1, 1)


def rate(currency: str, day: str, worth: str) -> None:
    currency_rate_set(
        actor=None, currency=currency, day=date.fromisoformat(day), rate=Decimal(worth)
    )


def test_a_period_ends_where_its_successor_starts_but_not_where_another_subscription_does():
    acme, pro = account("acme"), plan("pro")
    period(acme, pro, "s1", "100", "2025-01-01")
    period(acme, pro, "s1", "120", "2025-03-01", "2025-09-01")
    period(acme, pro, "s2", "10", "2025-02-01")
    found = {(p.subscription, p.started): p.ended for p in selectors.periods_as_known()}
    assert found == {
        ("s1", at("2025-01-01")): at("2025-03-01"),
        ("s1", at("2025-03-01")): at("2025-09-01"),
        ("s2", at("2025-02-01")): None,
    }


def test_only_subscriptions_that_run_at_a_moment_are_read_and_those_whole():
    acme, pro = account("acme"), plan("pro")
    period(acme, pro, "over", "100", "2024-01-01", "2025-01-01")
    period(acme, pro, "runs", "100", "2024-01-01", "2025-02-01")
    period(acme, pro, "runs", "120", "2025-02-01")
    period(acme, pro, "to come", "10", "2025-06-01")
    found = periods_running(at("2025-01-01"))
    assert [p for p in selectors.periods_as_known() if p.subscription == "runs"] == found
    assert len(found) == 2


def test_the_plan_lends_its_interval_to_a_period_without_one():
    pro = plan("pro")
    pro.interval = "year"
    pro.save()
    period(account("acme"), pro, "s1", "100", "2025-01-01")
    period(account("beta"), pro, "s2", "100", "2025-01-01", interval="month")
    assert [p.interval for p in selectors.periods_as_known()] == ["year", "month"]


def test_a_backdated_correction_changes_the_past_only_for_who_asks_now():
    acme, pro = account("acme"), plan("pro")
    period(acme, pro, "s1", "100", "2025-01-01", recorded="2025-01-01")
    period(acme, pro, "s1", "60", "2025-04-01", recorded="2025-10-01")
    assert selectors.mrr_of(acme, date(2025, 6, 1)) == Decimal(60)
    assert selectors.mrr_of(acme, date(2025, 6, 1), known_at=at("2025-06-01")) == Decimal(100)
    (moved,) = selectors.movements(START, END)
    assert (moved.kind, moved.amount) == (Kind.CONTRACTION, Decimal(40))
    assert selectors.movements(START, END, known_at=at("2025-06-01")) == []


def test_what_was_not_yet_recorded_was_not_known():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-01", recorded="2025-02-01")
    assert selectors.mrr_of(acme, date(2025, 1, 10), known_at=at("2025-01-10")) == Decimal(0)


def test_accounts_can_be_asked_for_by_key_and_nobody_else_is_read():
    acme, beta, pro = account("acme"), account("beta"), plan("pro")
    period(acme, pro, "s1", "100", "2025-03-01")
    period(beta, pro, "s2", "50", "2025-03-01")
    assert {p.account for p in selectors.periods_as_known(accounts=[acme.pk])} == {acme.pk}
    assert [m.account for m in selectors.movements(START, END, [beta.pk])] == [beta.pk]
    assert selectors.movements(START, END, []) == []


def test_a_subscription_handed_to_another_account_ends_with_the_first():
    acme, beta, pro = account("acme"), account("beta"), plan("pro")
    period(acme, pro, "s1", "100", "2024-03-01")
    period(beta, pro, "s1", "100", "2025-03-01")
    assert selectors.mrr_of(acme, date(2025, 6, 1)) == Decimal(0)
    assert selectors.mrr_of(beta, date(2025, 6, 1)) == Decimal(100)
    assert [m.kind for m in selectors.movements(START, END)] == [Kind.CHURN, Kind.NEW]


def test_a_parent_is_the_sum_of_its_subtree():
    top = account("top")
    middle = account("middle", top)
    leaf, pro = account("leaf", middle), plan("pro")
    for number, member in enumerate([top, middle, leaf]):
        period(member, pro, f"s{number}", "100", "2024-01-01")
    assert selectors.mrr_rolled_up(START) == {top.pk: 300, middle.pk: 200, leaf.pk: 100}
    assert selectors.family(middle) == {middle.pk, leaf.pk}
    assert set(selectors.family_roots().values()) == {top.pk}


def test_a_family_that_moves_a_contract_inside_itself_loses_nothing():
    top = account("top")
    child, pro = account("child", top), plan("pro")
    period(top, pro, "s1", "100", "2024-01-01", "2025-06-01")
    period(child, pro, "s2", "140", "2025-06-01")
    roots = selectors.family_roots()
    (moved,) = selectors.movements(START, END, group=roots)
    assert (moved.account, moved.kind, moved.amount) == (top.pk, Kind.EXPANSION, Decimal(40))
    assert selectors.retention(START, END).churn == 100
    assert selectors.retention(START, END, group=roots).churn == 0


def test_a_comparison_holds_one_rate_and_a_single_date_takes_its_own():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2024-01-01", currency="USD")
    rate("USD", "2024-01-01", "0.9")
    rate("USD", "2025-07-01", "0.8")
    assert selectors.mrr_of(acme, START) == Decimal(90)
    assert selectors.movements(START, END) == []
    assert selectors.retention(START, END).mrr_start == Decimal(80)


def test_a_currency_without_a_rate_is_listed_until_one_is_given():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2024-01-01", currency="USD")
    assert selectors.unconverted(START, END) == {acme.pk: ("USD",)}
    assert selectors.retention(START, END).unconverted == ((acme.pk, ("USD",)),)
    assert selectors.mrr_of(acme, END) is None
    rate("USD", "2024-01-01", "0.9")
    assert selectors.unconverted(START, END) == {}


def test_monthly_waterfalls_chain():
    acme, beta, pro = account("acme"), account("beta"), plan("pro")
    period(acme, pro, "s1", "100", "2025-01-10")
    period(acme, pro, "s1", "130", "2025-02-10")
    period(beta, pro, "s2", "50", "2024-01-10", "2025-02-20")
    days = [date(2025, month, 1) for month in (1, 2, 3)]
    january, february = selectors.retention_series(days)
    assert (january.new, february.expansion, february.churn) == (100, 30, 50)
    assert january.mrr_end == february.mrr_start == 150


def test_the_history_of_an_account_is_steps_with_their_causes():
    acme, pro = account("acme"), plan("pro")
    period(acme, pro, "s1", "100", "2025-01-10", seats=10)
    period(acme, pro, "s1", "150", "2025-02-10", "2025-05-01", seats=15)
    assert selectors.mrr_history(acme) == [
        (at("2025-01-10"), 100),
        (at("2025-02-10"), 150),
        (at("2025-05-01"), 0),
    ]
    told = [(c.cause, c.amount) for c in selectors.changes_of(acme)]
    assert told == [(Cause.START, 100), (Cause.SEATS, 50), (Cause.END, -150)]


def test_unit_economics_take_the_costs_of_the_months():
    acme, beta, pro = account("acme"), account("beta"), plan("pro")
    period(acme, pro, "s1", "100", "2024-01-01")
    period(beta, pro, "s2", "50", "2025-03-01")
    for month, spend in [("2025-01-01", "400"), ("2025-12-01", "200"), ("2026-01-01", "999")]:
        Cost.objects.create(
            month=date.fromisoformat(month),
            acquisition=Decimal(spend),
            retention=Decimal(10),
            recorded_at=at(month),
        )
    found = selectors.unit_economics(START, END)
    assert (found.cac, found.retention_cost, found.payback_months) == (600, 20, 12)


def test_seats_are_those_at_the_end_of_each_week():
    acme, beta, pro = account("acme"), account("beta"), plan("pro")
    period(acme, pro, "s1", "100", "2025-01-08", seats=5)
    period(acme, pro, "s1", "100", "2025-01-16", "2025-01-27", seats=8)
    period(acme, pro, "s2", "100", "2025-01-14", "2025-01-26", seats=2, is_trial=True)
    period(beta, pro, "s3", "100", "2025-01-01")
    with clock.at(at("2025-03-01")):
        table = selectors.seats_weekly(date(2025, 1, 1), date(2025, 2, 3))
    assert table.schema.types == [pa.int64(), pa.date32(), pa.int64()]
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (acme.pk, date(2025, 1, 6), 5),
        (acme.pk, date(2025, 1, 13), 10),
        (acme.pk, date(2025, 1, 20), 8),
    ]


def test_seats_of_the_running_week_are_those_of_now():
    acme = account("acme")
    period(acme, plan("pro"), "s1", "100", "2025-01-06", seats=5)
    period(acme, plan("pro"), "s1", "100", "2025-01-10", seats=9)
    with clock.at(at("2025-01-08")):
        table = selectors.seats_weekly(date(2025, 1, 8), date(2025, 1, 8))
    assert table["seats"].to_pylist() == [5]


def test_seats_of_no_weeks_or_no_accounts_are_an_empty_table():
    assert selectors.seats_weekly(date(2025, 1, 8), date(2024, 1, 8)).num_rows == 0
    period(account("acme"), plan("pro"), "s1", "100", "2025-01-06", seats=5)
    assert selectors.seats_weekly(date(2025, 1, 8), date(2024, 1, 8)).num_rows == 0


def test_accounts_lost_by_contract_are_dated_by_the_rule():
    acme, pro = account("acme"), plan("pro")
    period(acme, pro, "s1", "100", "2024-01-01", "2025-05-01")
    period(account("beta"), pro, "s2", "100", "2024-01-01")
    rule = selectors.churn_rule()
    assert selectors.churned_on(None, rule, END) == {acme.pk: at("2025-05-01")}
    assert selectors.churned_on(None, rule, date(2025, 4, 1)) == {}
