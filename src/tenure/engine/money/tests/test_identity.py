"""What must hold for every book of subscriptions, to the last digit."""

import itertools
from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.money import (
    Brief,
    Kind,
    brief_at,
    by_account,
    by_subscription,
    changes,
    movements,
    mrr_at,
    mrr_matrix,
    roll_up,
    roots,
    state_at,
    subtree,
    unconverted,
    waterfall,
    waterfall_series,
)
from tenure.engine.money.mrr import as_money
from tenure.engine.money.tests.books import RATES, books, moments, windows

CONVERT = RATES.on(RATES.rows[1][1])
families = st.fixed_dictionaries(
    {account: st.none() | st.integers(min_value=1, max_value=5) for account in range(1, 5)}
)
quick = settings(max_examples=60, deadline=None)


def mrr_by_account(periods, moment, left_out=()):
    found = defaultdict(Decimal)
    for account in {p.account for p in periods} - set(left_out):
        found[account] = mrr_at([p for p in periods if p.account == account], moment, CONVERT)
    return found


@quick
@given(books(), windows)
def test_each_account_moves_by_exactly_what_its_mrr_changed(periods, window):
    start, end = window
    left_out = unconverted(periods, start, end, CONVERT)
    moved = {m.account: m.signed for m in movements(periods, start, end, CONVERT)}
    before = mrr_by_account(periods, start, left_out)
    after = mrr_by_account(periods, end, left_out)
    assert {a: after[a] - before[a] for a in before if after[a] != before[a]} == moved


@quick
@given(books(), windows)
def test_causes_sum_exactly_to_the_movement(periods, window):
    for moved in movements(periods, *window, CONVERT):
        assert moved.amount > 0
        assert sum(amount for _, amount in moved.causes) == moved.signed
        assert moved.after - moved.before == moved.signed


@quick
@given(books(), windows)
def test_changes_sum_exactly_to_the_movement(periods, window):
    net = defaultdict(Decimal)
    for change in changes(periods, *window, CONVERT):
        net[change.account] += change.amount
    moved = {m.account: m.signed for m in movements(periods, *window, CONVERT)}
    assert {account: amount for account, amount in net.items() if amount} == moved


@quick
@given(books(), windows)
def test_the_waterfall_closes_and_agrees_with_the_movements(periods, window):
    found = waterfall(periods, *window, CONVERT)
    sums = defaultdict(Decimal)
    for moved in movements(periods, *window, CONVERT):
        sums[moved.kind] += moved.amount
    assert [found.new, found.reactivation, found.expansion, found.contraction, found.churn] == [
        sums[kind]
        for kind in (Kind.NEW, Kind.REACTIVATION, Kind.EXPANSION, Kind.CONTRACTION, Kind.CHURN)
    ]
    grown = found.new + found.reactivation + found.expansion
    assert found.mrr_end == found.mrr_start + grown - found.contraction - found.churn
    assert found.grr is None or 0 <= found.grr <= 1
    assert found.accounts_end == found.accounts_start - found.lost + found.gained


@quick
@given(books(), st.sets(moments, min_size=2, max_size=6).map(sorted))
def test_a_series_chains_to_the_whole(periods, cuts):
    series = waterfall_series(periods, cuts, CONVERT)
    whole = waterfall(periods, cuts[0], cuts[-1], CONVERT)
    assert (series[0].mrr_start, series[-1].mrr_end) == (whole.mrr_start, whole.mrr_end)
    for first, second in itertools.pairwise(series):
        assert (first.mrr_end, first.accounts_end) == (second.mrr_start, second.accounts_start)
    assert all(step.unconverted == whole.unconverted for step in series)


@quick
@given(books(), st.sets(moments, min_size=1, max_size=4).map(sorted))
def test_the_matrix_holds_the_same_mrr_as_the_definition(periods, cuts):
    matrix = mrr_matrix(periods, cuts, CONVERT)
    for column, moment in enumerate(cuts):
        expected = mrr_by_account(periods, moment, matrix.unconverted)
        for row, account in enumerate(matrix.accounts):
            assert as_money(matrix.units[row, column]) == expected[int(account)]


@quick
@given(books(), windows, families)
def test_families_move_by_what_their_members_do_and_nothing_counts_twice(periods, window, parents):
    start, end = window
    tops = roots(parents)
    left_out = unconverted(periods, start, end, CONVERT)
    kept = [p for p in periods if p.account not in left_out]
    single, grouped = defaultdict(Decimal), defaultdict(Decimal)
    for moved in movements(kept, start, end, CONVERT):
        single[tops[moved.account]] += moved.signed
    for moved in movements(kept, start, end, CONVERT, tops):
        grouped[moved.account] += moved.signed
    assert {a: v for a, v in single.items() if v} == dict(grouped)


@quick
@given(families, st.lists(st.integers(min_value=0, max_value=99), min_size=4, max_size=4))
def test_roll_ups_are_the_sums_of_subtrees(parents, amounts):
    values = dict(zip(parents, map(Decimal, amounts), strict=True))
    rolled = roll_up(values, parents)
    tops = set(roots(parents).values())
    assert sum(rolled[top] for top in tops) == sum(values.values())
    for account in parents:
        assert rolled[account] == sum(values[a] for a in subtree(account, parents) if a in values)


@quick
@given(books(), moments)
def test_a_state_in_brief_says_what_the_whole_one_says(periods, moment):
    for own in by_account(periods).values():
        whole = state_at(own, moment, CONVERT)
        brief = Brief(whole.mrr, whole.tier, whole.renews_at)
        assert brief_at(own, moment, CONVERT) == brief
        # What doesn't run then adds nothing to it.
        lines = [line for line in by_subscription(own) if any(p.active_at(moment) for p in line)]
        assert brief_at([p for line in lines for p in line], moment, CONVERT) == brief
