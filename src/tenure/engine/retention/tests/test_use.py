"""Lost by use: no active person for N days, while paying."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.money import ChurnRule, usage_churn
from tenure.engine.money.tests.books import DAY, EPOCH, at
from tenure.engine.retention import OPEN, in_use, moment_at, running, stamp
from tenure.engine.retention.tests.company import books_of

NOW = "2024-12-31"


def used(*days, lines=("1a A - 10 2024-01-01",), quiet=60, seen="2023-01-01"):
    """The parts in use of account 1, active on the given days, as (start, end, opening)."""
    spells = books_of(*lines, as_of=NOW).spells
    active = np.array([stamp(at(day)) for day in days], dtype=np.int64)
    found = in_use(
        spells, np.ones(len(active), np.int64), active, quiet, stamp(at(seen)), stamp(at(NOW))
    )
    return [
        (_day(start), None if end == OPEN else _day(end), bool(opening))
        for start, end, opening in zip(
            found.started, found.lost, found.marks["opening"], strict=True
        )
    ]


def _day(at):
    return moment_at(at).date().isoformat()


def test_without_any_activity_days_count_from_the_first_payment():
    assert used() == [("2024-01-01", "2024-03-01", True)]


def test_a_return_begins_another_part_on_its_monday():
    assert used("2024-01-10", "2024-06-06", "2024-07-30", "2024-09-20", "2024-11-15") == [
        ("2024-01-01", "2024-03-10", True),
        ("2024-06-03", None, False),
    ]


def test_who_is_active_often_enough_is_never_lost():
    days = [f"2024-{month:02}-15" for month in range(1, 13)]
    assert used(*days) == [("2024-01-01", None, True)]


def test_payment_may_end_first():
    assert used("2024-02-01", lines=("1a A - 10 2024-01-01 2024-03-01",)) == [
        ("2024-01-01", "2024-03-01", True)
    ]


def test_what_was_not_seen_is_not_held_against_anyone():
    assert used("2024-12-20", lines=("1a A - 10 2020-01-01",), seen="2024-11-15") == [
        ("2020-01-01", None, True)
    ]
    assert used(lines=("1a A - 10 2020-01-01",), seen="2024-06-01") == [
        ("2020-01-01", "2024-07-31", True)
    ]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 360), max_size=12), st.integers(1, 120), st.integers(0, 365))
def test_whoever_has_been_quiet_for_the_days_of_the_rule_is_lost(days, quiet, day):
    # An oracle day by day. Returns count from their Monday, so days of that week are left out.
    active = sorted(EPOCH + n * DAY for n in days if n)
    moment = EPOCH + day * DAY
    weeks = {(moment.isocalendar()[:2])}
    if any(a.isocalendar()[:2] in weeks for a in active):
        return
    spells = books_of("1a A - 10 2024-01-01", as_of=NOW).spells
    stamps = np.array([stamp(a) for a in active], dtype=np.int64)
    parts = in_use(
        spells, np.ones(len(stamps), np.int64), stamps, quiet, stamp(EPOCH), stamp(at(NOW))
    )
    there = running(parts, np.array([1]), np.array([stamp(moment)]))[0, 0]
    last = max((a.date() for a in active if a <= moment), default=None)
    lost = usage_churn(last, EPOCH.date(), ChurnRule(usage_days=quiet), moment.date())
    assert bool(there) == (lost is None or moment > at(NOW))
