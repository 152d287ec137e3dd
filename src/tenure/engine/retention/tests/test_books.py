"""The books say what the periods say: MRR, waterfalls, causes, payment, to the last digit."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.money import (
    ChurnRule,
    add_months,
    movements,
    waterfall_series,
    waterfalls,
    whole_months,
)
from tenure.engine.money.tests.books import DAY, EPOCH, RATES, at, book, books, moments, windows
from tenure.engine.retention import (
    OPEN,
    book_of,
    bridge,
    close_of,
    matrix,
    moment_at,
    month_begin,
    month_number,
    spans_of,
    stamp,
)
from tenure.engine.retention.book import since_reaching
from tenure.engine.retention.spans import months_between
from tenure.engine.retention.tests.company import books_of

CONVERT = RATES.on(RATES.rows[1][1])
END = EPOCH + 400 * DAY
quick = settings(max_examples=50, deadline=None)


def convertible(periods):
    """The periods of accounts all of whose money can be converted at any time."""
    lacking = {
        p.account
        for p in periods
        if not p.is_trial and p.mrr and not p.is_empty and not CONVERT.known(p.currency)
        and p.started <= END
    }  # fmt: skip
    return [p for p in periods if p.account not in lacking]


@quick
@given(books(), st.sets(moments, min_size=2, max_size=5), st.integers(0, 90))
def test_waterfalls_of_the_books_are_those_of_the_periods(periods, days, grace):
    times = sorted(days)
    held = book_of(periods, END, CONVERT, ChurnRule(contractual_days=grace))
    told = waterfall_series(convertible(periods), times, CONVERT, timedelta(days=grace))
    found = waterfalls(matrix(held, times))
    for one, other in zip(told, found, strict=True):
        assert {**vars(one), "unconverted": ()} == {**vars(other), "unconverted": ()}
        moved = one.new + one.reactivation + one.expansion - one.contraction - one.churn
        assert other.mrr_start + moved == other.mrr_end


@quick
@given(books(), windows)
def test_the_bridge_sums_up_every_account_and_cause(periods, window):
    start, end = window
    sums, causes, counts = defaultdict(Decimal), defaultdict(Decimal), defaultdict(int)
    for one in movements(convertible(periods), start, end, CONVERT):
        sums[one.kind] += one.signed
        counts[one.kind] += 1
        for cause, amount in one.causes:
            causes[one.kind, cause] += amount
    built = bridge(book_of(periods, END, CONVERT, ChurnRule()), start, end)
    for part in built.movements:
        assert (part.signed, part.accounts) == (sums[part.kind], counts[part.kind])
        assert dict(part.causes) == {
            cause: amount
            for (kind, cause), amount in causes.items()
            if kind == part.kind and amount
        }
        assert sum(amount for _cause, amount in part.causes) == part.signed
    total = sum((part.signed for part in built.movements), built.waterfall.mrr_start)
    assert total == built.waterfall.mrr_end


def test_the_example_of_the_documents():
    # The five accounts of docs/explanation/money.md, 2024: 600 + 120 + 70 + 240 - 140 - 50 = 840.
    held = books_of(
        "1a A 10 100 2023-02-01", "1a B 20 300 2024-05-17", "1b C - 40 2024-08-01",
        "2a B 30 450 2022-11-01", "2a B 20 310 2024-11-01",
        "3a A 5 50 2023-01-15 2024-07-15",
        "4a B 8 120 2024-02-20 trial", "4a B 8 120 2024-03-05",
        "5a A 6 60 2022-01-01 2023-01-01", "5a A 7 70 2024-09-01",
    )  # fmt: skip
    built = bridge(held, at("2024-01-01"), at("2025-01-01"))
    assert [(m.kind, m.accounts, m.signed) for m in built.movements] == [
        ("new", 1, 120), ("reactivation", 1, 70), ("expansion", 1, 240),
        ("contraction", 1, -140), ("churn", 1, -50),
    ]  # fmt: skip
    assert built.movements[2].causes == (("plan", 100), ("seats", 100), ("product", 40))
    assert built.movements[3].causes == (("seats", -150), ("price", 10))
    assert built.waterfall.mrr_end == 840


def test_money_without_a_rate_is_left_out_and_named():
    periods = book("1a A - 100 2024-01-01", "2a A - 50 2024-01-01 currency=XXX")
    held = book_of(periods, END, CONVERT, ChurnRule())
    assert held.unconverted.tolist() == [2]
    assert matrix(held, [END]).units.tolist() == [[1_000_000]]
    assert held.spells.account.tolist() == [1, 2]


def test_a_gap_within_the_days_of_the_rule_is_no_loss():
    lines = ("1a A - 10 2024-01-01 2024-03-01", "1b B - 10 2024-03-20")
    assert len(books_of(*lines, days=30).spells.account) == 1
    strict = books_of(*lines, days=10).spells
    assert [moment_at(t).date().isoformat() for t in strict.lost[:1]] == ["2024-03-11"]
    assert strict.lost[1] == OPEN
    assert strict.marks["tier"].tolist() == [0, 1]


def test_an_end_that_lies_ahead_is_not_one_yet():
    assert books_of("1a A - 10 2024-01-01 2025-02-01").spells.lost.tolist() == [OPEN]
    assert books_of("1a A - 10 2025-02-01").spells.account.tolist() == []


def test_books_of_some_accounts_hold_no_others():
    held = books_of("1a A - 10 2024-01-01", "2a A - 20 2024-01-01", "3a A - 40 2024-01-01")
    some = held.of(np.array([1, 3]))
    assert (some.steps.account.tolist(), some.spells.account.tolist()) == ([1, 3], [1, 3])
    assert held.of(np.array([], dtype=np.int64)).spells.account.tolist() == []


def reaching(spells, reached):
    """(account, level, from, until) of the spans since levels were reached, days as text."""
    told = {a: [(stamp(at(day)), level) for day, level in days] for a, days in reached.items()}
    found = since_reaching(spells, told)
    rows = zip(found.account, found.marks["level"], found.started, found.lost, strict=True)
    return sorted(
        (int(a), int(level), str(moment_at(start).date()), end == OPEN)
        for a, level, start, end in rows
    )


def test_a_level_counts_from_the_day_it_was_reached_while_paying():
    spells = books_of("1a A - 10 2024-01-01 2024-06-01", "2a A - 10 2024-02-01").spells
    reached = {
        1: [("2024-03-01", 2), ("2024-04-01", 1), ("2024-05-01", 2), ("2024-06-08", -1)],
        2: [("2023-12-01", 1), ("2024-07-01", 2)],
    }
    assert reaching(spells, reached) == [
        (1, 1, "2024-04-01", False), (1, 2, "2024-03-01", False),
        (2, 1, "2024-02-01", True), (2, 2, "2024-07-01", True),
    ]  # fmt: skip


def test_a_level_of_an_earlier_time_of_payment_is_over():
    lines = ("1a A - 10 2022-01-01 2023-01-01", "1b A - 10 2024-01-01")
    reached = {1: [("2022-05-01", 1), ("2023-01-08", -1), ("2024-01-07", 0)]}
    assert reaching(books_of(*lines).spells, reached) == [
        (1, 0, "2024-01-07", True), (1, 1, "2022-05-01", False),
    ]  # fmt: skip


def test_a_return_starts_no_clock_of_a_level_reached_before():
    rows = [(1, stamp(at("2024-01-01")), stamp(at("2024-03-01")), 1),
            (1, stamp(at("2024-05-06")), OPEN, 0)]  # fmt: skip
    spans = spans_of(rows, ("opening",))
    reached = {1: [("2024-02-01", 1), ("2024-07-01", 2)]}
    assert reaching(spans, reached) == [
        (1, 1, "2024-02-01", False), (1, 2, "2024-07-01", True),
    ]  # fmt: skip


@quick
@given(st.datetimes(), st.integers(0, 4000), st.integers(0, 86_399))
def test_months_are_counted_as_terms_are(naive, days, seconds):
    start = naive.replace(year=1970 + naive.year % 90, tzinfo=EPOCH.tzinfo)
    end = start + timedelta(days=days, seconds=seconds)
    completed, begun = months_between(np.array([stamp(start)]), np.array([stamp(end)]))
    assert completed[0] == whole_months(start, end)
    assert begun[0] == completed[0] + (add_months(start, int(completed[0])) < end)


@given(st.integers(-1200, 1200))
def test_a_month_closes_just_before_the_next_begins(number):
    assert month_number(close_of(number)) == number
    assert close_of(number) + timedelta(microseconds=1) == month_begin(number + 1)
    assert month_number(month_begin(number)) == number


def test_no_spans_are_spans_too():
    assert spans_of([], ("level",)).marks["level"].shape == (0,)
