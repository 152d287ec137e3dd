from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

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


def test_a_row_says_that_renewal_is_off_only_from_when_it_was_switched_off(rows):
    """Notice opens a row of its own: the same terms, but for the renewal that is off."""
    lines = defaultdict(list)
    for row in rows["subscriptions"]:
        lines[row["id"]].append(row)
    pairs = [pair for line in lines.values() for pair in pairwise(line)]
    noticed = [(a, b) for a, b in pairs if b["cancel_notified_at"] == b["started_at"]]
    assert len(noticed) > 20
    for before, after in noticed:
        assert (before["auto_renew"], after["auto_renew"]) == (True, False)
        assert before["ended_at"] == after["started_at"]
        assert before["cancel_notified_at"] is None
        same = ("account_id", "plan_id", "mrr", "seats", "term_months", "renews_at")
        assert all(before[column] == after[column] for column in same)
    off = [r for r in rows["subscriptions"] if not r["auto_renew"] and not r["is_trial"]]
    assert any(r["cancel_notified_at"] is None for r in off), "some agree on it from the start"


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
