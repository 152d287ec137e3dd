from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from tenure.engine.simulation.tables import iso, planned


def test_whoever_pays_is_billed_and_nobody_else(rows):
    paying = {r["account_id"] for r in rows["subscriptions"] if Decimal(r["mrr"]) > 0}
    assert {r["account_id"] for r in rows["invoices"]} == paying
    assert all(Decimal(r["amount"]) > 0 for r in rows["invoices"])


def test_an_invoice_is_paid_exactly_if_it_has_a_day_of_payment(rows):
    for row in rows["invoices"]:
        assert (row["status"] == "paid") == (row["paid_at"] is not None)
        assert row["paid_at"] is None or row["paid_at"] >= row["issued_at"]
    assert {r["status"] for r in rows["invoices"]} >= {"paid", "open", "overdue"}


def test_some_pay_late(rows):
    late = [r for r in rows["invoices"] if r["paid_at"] and r["paid_at"] > r["due_at"]]
    assert 0.05 < len(late) / len(rows["invoices"]) < 0.6


def test_monthly_bills_of_unchanged_terms_come_to_the_monthly_revenue(rows):
    periods = defaultdict(list)
    for row in rows["subscriptions"]:
        if Decimal(row["mrr"]) > 0:
            periods[row["account_id"]].append(row)
    steady = [p[0] for p in periods.values() if len(p) == 1 and p[0]["interval"] == "month"]
    assert steady
    for row in steady:
        bills = [r for r in rows["invoices"] if r["account_id"] == row["account_id"]]
        assert {r["amount"] for r in bills} == {row["mrr"]}
        start = datetime.fromisoformat(row["started_at"])
        assert all(abs(datetime.fromisoformat(b["issued_at"]).day - start.day) <= 3 for b in bills)


def test_a_cancellation_is_noted_with_its_reason_only_on_the_last_period(rows):
    for row in rows["subscriptions"]:
        assert row["end_reason"] is None or row["ended_at"] is not None
        assert row["ended_at"] is None or row["ended_at"] > row["started_at"]


def test_costs_are_given_once_a_month(rows, company):
    months = [r["month"] for r in rows["costs"]]
    assert months == sorted(set(months))
    assert months[-1][:7] == company.settings.end.isoformat()[:7]
    assert all(Decimal(r["acquisition"]) > 0 and Decimal(r["retention"]) > 0 for r in rows["costs"])


def test_a_time_is_hidden_once_it_lies_ahead_unless_it_is_planned(company):
    grid = company.grid
    assert iso(grid, grid.end) is None
    assert iso(grid, float("inf")) is None
    assert planned(grid, grid.end) == company.settings.end.isoformat() + "T00:00:00Z"
