"""Cohorts: who first paid when, and what became of them, in closed months only."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.money import ChurnRule
from tenure.engine.money.tests.books import DAY, EPOCH, RATES, at, books
from tenure.engine.retention import book_of, cohorts, month_number
from tenure.engine.retention.spans import month_of
from tenure.engine.retention.tests.company import books_of

CONVERT = RATES.on(RATES.rows[1][1])
LINES = (
    "1a A - 100 2024-01-10", "1a A - 150 2024-03-05",
    "2a A - 100 2024-01-31 2024-03-31",
    "3a A - 80 2024-02-01", "3a A - 40 2024-04-30",
    "4a A - 50 2024-05-02",
)  # fmt: skip
AGES = np.arange(5)


def rounded(cells):
    return [[None if np.isnan(v) else round(float(v), 3) for v in row] for row in cells]


def test_a_small_company_by_hand():
    # January begins with 100 + 100. At the close of March account 1 pays 150 and account 2, paid
    # until just before 31 March, is gone: net 150 / 200, gross 100 / 200.
    found = cohorts(books_of(*LINES, as_of="2024-05-20"), AGES)
    assert found.start.tolist() == [month_number(at(f"2024-0{m}-01")) for m in (1, 2, 5)]
    assert found.accounts.tolist() == [2, 1, 1]
    assert (found.base / 10_000).tolist() == [200, 80, 50]
    assert rounded(found.logo_share()) == [
        [1.0, 1.0, 0.5, 0.5, None],
        [1.0, 1.0, 1.0, None, None],
        [None] * 5,
    ]
    assert rounded(found.gross_share())[:2] == [
        [1.0, 1.0, 0.5, 0.5, None],
        [1.0, 1.0, 0.5, None, None],
    ]
    assert rounded(found.net_share())[:2] == [
        [1.0, 1.0, 0.75, 0.75, None],
        [1.0, 1.0, 0.5, None, None],
    ]


def test_a_quarter_is_known_only_once_its_last_month_is():
    found = cohorts(books_of(*LINES, as_of="2024-05-20"), np.array([0, 1, 2, 3]), span=3)
    assert found.accounts.tolist() == [3, 1]
    assert found.known.tolist() == [[True, True, False, False], [False] * 4]
    # At age 1: account 1 at the close of February, 2 too, 3 at the close of March.
    assert found.net[0].tolist() == [2_800_000, 2_800_000, 0, 0]


def test_a_gap_and_a_return_show_in_the_cohort_of_the_first_payment():
    lines = ("1a A - 10 2024-01-01 2024-02-10", "1b A - 12 2024-04-01")
    found = cohorts(books_of(*lines, as_of="2024-05-20"), AGES)
    assert found.accounts.tolist() == [1]
    assert rounded(found.logo_share()) == [[1.0, 0.0, 0.0, 1.0, None]]
    assert rounded(found.net_share()) == [[1.0, 0.0, 0.0, 1.2, None]]


def test_accounts_without_a_rate_count_as_accounts_and_not_as_money():
    lines = ("1a A - 10 2024-01-05", "2a A - 99 2024-01-06 currency=XXX")
    found = cohorts(books_of(*lines, as_of="2024-04-01"), AGES)
    assert (found.accounts.tolist(), found.priced.tolist()) == ([2], [1])
    assert found.base.tolist() == [100_000]


def test_without_accounts_there_are_no_cohorts():
    assert cohorts(books_of(as_of="2024-05-20"), AGES).known.shape == (0, 5)


@settings(max_examples=50, deadline=None)
@given(books(), st.sampled_from([1, 3, 12]), st.integers(1, 460))
def test_cohorts_together_are_all_accounts_that_ever_paid(periods, span, day):
    as_of = EPOCH + day * DAY
    held = book_of(periods, as_of, CONVERT, ChurnRule())
    found = cohorts(held, np.arange(14), span)
    paid = {p.account for p in periods if p.pays and p.started <= as_of}
    assert found.accounts.sum() == len(paid)
    assert found.priced.sum() == len(paid - set(held.unconverted.tolist()))
    assert (found.logos <= found.accounts[:, None]).all()
    assert (found.kept <= np.minimum(found.net, found.base[:, None])).all()
    assert (found.logos[~found.known] == 0).all()
    # At age 0 of a cohort of one month, those that left within it are gone already, nobody else.
    if span == 1:
        first = {a: min(p.started for p in periods if p.account == a and p.pays) for a in paid}
        starts = [month_number(moment) for moment in first.values()]
        assert sorted(set(starts)) == found.start.tolist()
    assert (month_of(held.spells.started) <= month_number(as_of)).all()
