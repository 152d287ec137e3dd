"""Bulk writes of plans, periods, invoices and costs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.accounts.rows import AccountRow
from tenure.accounts.services import account_upsert_many
from tenure.contracts import services
from tenure.contracts.models import Cost, Invoice, Plan, SubscriptionPeriod
from tenure.contracts.rows import CostRow, InvoiceRow, PlanRow, SubscriptionRow
from tenure.core import clock

pytestmark = pytest.mark.django_db
T0 = datetime(2024, 1, 1, tzinfo=UTC)
T1 = datetime(2024, 2, 1, tzinfo=UTC)
T2 = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _an_account_and_a_plan():
    account_upsert_many(rows=[AccountRow("a", "A")])
    services.plan_upsert_many(rows=[PlanRow("basic", "Basic", 1), PlanRow("pro", "Pro", 2)])


def period(start=T0, mrr="10", **kwargs):
    return SubscriptionRow("s", "a", "basic", Decimal(mrr), start, **kwargs)


def write(*rows, **kwargs):
    return services.subscription_upsert_many(rows=rows, **kwargs)


def test_plans_are_rewritten_in_place():
    done = services.plan_upsert_many(
        rows=[PlanRow("basic", "Basic", 1), PlanRow("pro", "Professional", 3)]
    )
    assert (done.loaded, done.unchanged) == (1, 1)
    assert Plan.objects.get(external_id="pro").tier == 3
    done = services.plan_upsert_many(rows=[PlanRow("x", "X", 1), PlanRow("x", "Y", 1)])
    assert (done.loaded, [r.row for r in done.rejected]) == (1, [0])


def test_a_changed_period_supersedes_the_old_one():
    write(period(), at=T0)
    assert write(period(), at=T1).unchanged == 1
    assert write(period(mrr="12.5"), at=T1).loaded == 1
    old, new = SubscriptionPeriod.objects.order_by("recorded_at")
    assert (old.mrr, old.superseded_at) == (Decimal(10), T1)
    assert (new.mrr, new.recorded_at, new.superseded_at) == (Decimal("12.5"), T1, None)


def test_a_later_start_is_another_period_of_the_same_subscription():
    write(period(), period(T1, "20"))
    assert SubscriptionPeriod.objects.filter(superseded_at=None).count() == 2


def test_columns_that_are_not_given_keep_their_value():
    write(period(seats=7, currency="USD"))
    write(period(mrr="11"), given={"id", "account_id", "plan_id", "mrr", "started_at"})
    now = SubscriptionPeriod.objects.get(superseded_at=None)
    assert (now.mrr, now.seats, now.currency) == (Decimal(11), 7, "USD")


def test_without_a_currency_it_is_the_reporting_currency():
    write(period())
    write(period(T1), given={"id", "account_id", "plan_id", "mrr", "started_at"})
    assert set(SubscriptionPeriod.objects.values_list("currency", flat=True)) == {"EUR"}


def test_unknown_accounts_and_plans_are_rejected_with_the_column():
    done = write(
        SubscriptionRow("s", "nowhere", "basic", Decimal(1), T0),
        SubscriptionRow("s", "a", "gold", Decimal(1), T0),
    )
    assert [(r.row, r.column, r.value) for r in done.rejected] == [
        (0, "account_id", "nowhere"),
        (1, "plan_id", "gold"),
    ]
    assert SubscriptionPeriod.objects.count() == 0


def test_of_two_rows_for_one_period_the_last_counts():
    done = write(period(mrr="1"), period(mrr="2"), period(mrr="2"))
    assert (done.loaded, done.unchanged, [r.row for r in done.rejected]) == (1, 1, [0])
    assert SubscriptionPeriod.objects.get().mrr == 2


def test_a_history_tells_an_end_only_from_the_day_it_came():
    row = period(cancel_notified_at=T1, ended_at=T2, end_reason="price")
    write(row, history=True)
    versions = list(SubscriptionPeriod.objects.order_by("recorded_at"))
    assert [v.recorded_at for v in versions] == [T0, T1, T2]
    assert [v.superseded_at for v in versions] == [T1, T2, None]
    assert [v.cancel_notified_at for v in versions] == [None, T1, T1]
    assert [(v.ended_at, v.end_reason) for v in versions] == [(None, ""), (None, ""), (T2, "price")]
    assert write(row, history=True).unchanged == 1


def test_a_history_never_records_in_the_future():
    with clock.at(T1):
        write(period(ended_at=T2), history=True)
    versions = SubscriptionPeriod.objects.order_by("recorded_at")
    assert [(v.recorded_at, v.ended_at) for v in versions] == [(T0, None), (T1, T2)]


def test_a_history_loaded_later_dates_the_news_when_it_came():
    with clock.at(T1):
        write(period(), history=True)
    write(period(ended_at=T2), history=True)
    versions = SubscriptionPeriod.objects.order_by("recorded_at")
    assert [(v.recorded_at, v.superseded_at) for v in versions] == [(T0, T2), (T2, None)]


def test_invoices_and_costs_supersede_too():
    row = InvoiceRow("i", "a", Decimal(5), issued_at=T0, due_at=T1, status="open")
    paid = InvoiceRow("i", "a", Decimal(5), issued_at=T0, due_at=T1, paid_at=T1, status="paid")
    assert services.invoice_upsert_many(rows=[row]).loaded == 1
    assert services.invoice_upsert_many(rows=[paid]).loaded == 1
    assert services.invoice_upsert_many(rows=[paid]).unchanged == 1
    assert Invoice.objects.get(superseded_at=None).status == "paid"
    cost = CostRow(date(2024, 1, 15), Decimal(100))
    assert services.cost_upsert_many(rows=[cost]).loaded == 1
    assert services.cost_upsert_many(rows=[cost], history=True).unchanged == 1
    assert Cost.objects.get().month == date(2024, 1, 1)


def test_a_paid_invoice_of_a_history_was_open_before():
    row = InvoiceRow("i", "a", Decimal(5), issued_at=T0, paid_at=T1, status="paid")
    services.invoice_upsert_many(rows=[row], history=True)
    versions = Invoice.objects.order_by("recorded_at")
    assert [(v.recorded_at, v.status) for v in versions] == [(T0, ""), (T1, "paid")]
