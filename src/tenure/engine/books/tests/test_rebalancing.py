"""Rebalancing against trying every possible sharing, and what a proposal must never do."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.books import Holding, Keeper, eligible, rebalance
from tenure.engine.books.rebalancing import SLACK


def hours_of(keepers, holdings, owners):
    found = dict.fromkeys((k.key for k in keepers), 0.0)
    for holding, owner in zip(holdings, owners, strict=True):
        if owner in found:
            found[owner] += holding.hours
    return found


def outside(keepers, hours, aim):
    return sum(
        max(aim.low * k.capacity - hours[k.key], hours[k.key] - aim.high * k.capacity, 0.0)
        for k in keepers
    )


def options(keepers, holding):
    """Every keeper an account may end up with."""
    known = {k.key for k in keepers}
    if holding.keeper in known and (holding.stays or not holding.hours):
        return [holding.keeper]
    if not holding.hours:
        return [holding.keeper]
    may = [k.key for k in keepers if eligible(k, holding) or k.key == holding.keeper]
    return may or [holding.keeper]


def tried(keepers, holdings, aim):
    """(least hours outside, fewest moves among those as good) of all sharings."""
    known = {k.key for k in keepers}
    found = []
    for owners in product(*(options(keepers, h) for h in holdings)):
        moves = sum(
            h.keeper in known and h.keeper != o for h, o in zip(holdings, owners, strict=True)
        )
        found.append((outside(keepers, hours_of(keepers, holdings, owners), aim), moves))
    least = min(one for one, _moves in found)
    return least, min(moves for one, moves in found if one <= least + SLACK)


TONGUES = ("", "en", "de")
KEEPERS = st.lists(
    st.tuples(
        st.sampled_from([10.0, 20.0, 30.0]),
        st.sampled_from([None, frozenset({"en"}), frozenset({"en", "de"})]),
    ),
    min_size=1,
    max_size=3,
)
HOLDINGS = st.lists(
    st.tuples(
        st.sampled_from([None, 0, 1, 2, 7]), st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.5]),
        st.booleans(), st.sampled_from(TONGUES),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(KEEPERS, HOLDINGS, st.sampled_from([0.0, 0.1, 0.3]))
def test_no_other_sharing_is_closer_or_moves_fewer(people, accounts, width):
    keepers = [Keeper(key, capacity, known) for key, (capacity, known) in enumerate(people)]
    holdings = [
        Holding(at, keeper, hours, stays and hours > 0, tongue)
        for at, (keeper, hours, stays, tongue) in enumerate(accounts)
    ]
    told = rebalance(keepers, holdings, width)
    least, moves = tried(keepers, holdings, told.aim)
    known = {k.key for k in keepers}
    assert told.proven
    assert told.outside <= least + SLACK + 1e-6
    assert sum(move.source in known for move in told.moves) <= moves


def test_a_heavy_book_gives_to_a_light_one_as_little_as_will_do():
    keepers = [Keeper(1, 10), Keeper(2, 10)]
    holdings = [Holding(n, 1, 1.0) for n in range(10)] + [Holding(99, 2, 2.0)]
    told = rebalance(keepers, holdings, 0.0)
    assert len(told.moves) == 4
    assert {(move.source, move.target) for move in told.moves} == {(1, 2)}
    assert told.before == {1: 1.0, 2: 0.2}
    assert told.after == pytest.approx({1: 0.6, 2: 0.6})
    assert told.outside == pytest.approx(0)


def test_one_large_account_is_moved_rather_than_many_small_ones():
    keepers = [Keeper(1, 10), Keeper(2, 10)]
    holdings = [Holding(n, 1, 1.0) for n in range(6)] + [Holding(50, 1, 4.0), Holding(99, 2, 2.0)]
    assert [move.account for move in rebalance(keepers, holdings, 0.0).moves] == [50]


def test_between_as_few_moves_the_lighter_accounts_go():
    keepers = [Keeper(1, 10), Keeper(2, 10)]
    holdings = [Holding(1, 1, 3.0), Holding(2, 1, 2.0), Holding(3, 1, 5.0), Holding(4, 2, 5.0)]
    (move,) = rebalance(keepers, holdings, 0.25).moves
    assert move.account == 2


def test_what_stays_is_never_moved_even_if_nothing_else_helps():
    keepers = [Keeper(1, 10), Keeper(2, 10)]
    told = rebalance(keepers, [Holding(n, 1, 1.0, stays=True) for n in range(8)], 0.1)
    assert told.moves == ()
    assert told.outside > 3


def test_language_and_region_are_kept_where_both_sides_are_known():
    keepers = [
        Keeper(1, 10), Keeper(2, 10, frozenset({"en"}), frozenset({"NL"})),
    ]  # fmt: skip
    accounts = [
        Holding(1, 1, 1.0, language="de"), Holding(2, 1, 1.0, language="en", region="US"),
        Holding(3, 1, 1.0, language="en", region="NL"), Holding(4, 1, 1.0),
    ]  # fmt: skip
    assert {move.account for move in rebalance(keepers, accounts, 0.0).moves} == {3, 4}


def test_accounts_of_nobody_are_given_to_somebody_who_may_have_them():
    keepers = [Keeper(1, 10, frozenset({"en"})), Keeper(2, 10, frozenset({"en"}))]
    accounts = [
        Holding(1, None, 2.0, language="en"), Holding(2, 1, 2.0),
        Holding(3, None, 1.0, language="zh"),
        Holding(4, 77, 1.0, stays=True, language="en"), Holding(5, None, 0.0),
    ]  # fmt: skip
    told = rebalance(keepers, accounts, 0.5)
    assert {move.account for move in told.moves} == {1, 4}
    assert told.orphans == (3,)


def test_nobody_to_have_them_and_nothing_to_have():
    assert rebalance([], [Holding(1, None, 1.0)], 0.1).orphans == (1,)
    assert rebalance([Keeper(1, 10)], [], 0.1).after == {1: 0.0}


@pytest.mark.parametrize(
    ("keepers", "holdings", "width"),
    [
        ([Keeper(1, 0)], [], 0.1),
        ([Keeper(1, 5)], [Holding(1, 1, -1.0)], 0.1),
        ([Keeper(1, 5)], [], 1.5),
    ],
)
def test_what_makes_no_sense_is_refused(keepers, holdings, width):
    with pytest.raises(ValueError, match=r"capacity|hours|width"):
        rebalance(keepers, holdings, width)
