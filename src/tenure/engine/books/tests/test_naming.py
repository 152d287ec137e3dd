"""Clients and those who shall look after them, against every assignment there is."""

from itertools import product

import numpy as np
import pytest

from tenure.engine.books import Client, Holding, Keeper, named, naming
from tenure.engine.books.naming import EVEN


def client(account, hours, keeper=None, worth=100.0, language="", **met):
    seen = {int(name[1:]): float(count) for name, count in met.items()}
    return Client(Holding(account, keeper, hours, language=language), worth, seen)


def judged(keepers, clients, need, most, chosen):
    """What is minimised, in order; None for what is not allowed."""
    grown = {one.key: need[one.key] for one in keepers}
    left = {one.holding.keeper: 0.0 for one in clients if one.holding.keeper is not None}
    left = {owner: max(need[owner] - most[owner], 0.0) for owner in left}
    lacking = unpaid = moves = knows = 0.0
    for one, keeper in zip(clients, chosen, strict=True):
        holding = one.holding
        if keeper is None:
            lacking += holding.keeper is None
            unpaid += one.worth if holding.keeper is None else 0.0
            continue
        spoken = keeper.languages is None or not holding.language
        if keeper.key == holding.keeper or not (spoken or holding.language in keeper.languages):
            return None
        if need[keeper.key] + holding.hours > most[keeper.key] + 1e-9:
            return None
        grown[keeper.key] += holding.hours
        knows += one.known_by(keeper.key)
        if holding.keeper is not None:
            left[holding.keeper] -= holding.hours
            moves += 1
    if any(grown[k] > max(need[k], most[k]) + 1e-9 for k in grown):
        return None
    load = max(grown[one.key] / one.capacity for one in keepers)
    full = sum(max(hours, 0.0) for hours in left.values())
    return tuple(round(v, 5) for v in (lacking, unpaid, full, moves, EVEN * load - knows))


def a_case(dice):
    keepers = [
        Keeper(k, float(dice.integers(4, 12)),
               [None, frozenset({"de"}), frozenset({"de", "fr"})][dice.integers(3)])
        for k in range(1, 4)
    ]  # fmt: skip
    need = {k.key: float(dice.integers(0, 12)) for k in keepers}
    most = {k.key: 1.15 * k.capacity for k in keepers}
    need[9], most[9] = 8.0, float(dice.integers(0, 8))
    owners = [None, 9, *(k.key for k in keepers if need[k.key] > most[k.key])]
    clients = [
        client(
            10 + n, float(dice.integers(1, 6)), owners[dice.integers(len(owners))],
            float(dice.integers(0, 4)), ["", "de", "fr"][dice.integers(3)],
            **{f"k{k}": int(dice.integers(0, 3)) for k in (1, 2, 3, 9)},
        )
        for n in range(int(dice.integers(1, 5)))
    ]  # fmt: skip
    return keepers, clients, need, most


def against_all(seed):
    """What was found and the best there is, as judged."""
    keepers, clients, need, most = a_case(np.random.default_rng(seed))
    found = named(keepers, clients, need, most)
    by_key = {one.key: one for one in keepers}
    chosen = [by_key.get(found.chosen.get(one.holding.account)) for one in clients]
    every = (
        judged(keepers, clients, need, most, way)
        for way in product([None, *keepers], repeat=len(clients))
    )
    assert found.proven
    return judged(keepers, clients, need, most, chosen), min(one for one in every if one)


@pytest.mark.parametrize("seed", range(25))
def test_no_assignment_is_better(seed):
    found, best = against_all(seed)
    assert found == best


@pytest.mark.parametrize("seed", range(25))
def test_nobody_lacks_a_keeper_because_only_few_were_tried_first(seed, monkeypatch):
    monkeypatch.setattr(naming, "FEW", 1)
    found, best = against_all(seed)
    assert found[:3] == best[:3]


def test_the_first_does_not_take_the_place_that_only_the_second_can_have():
    keepers = [Keeper(1, 10.0, frozenset({"de", "fr"})), Keeper(2, 10.0, frozenset({"de"}))]
    clients = [client(10, 5.0, worth=900, language="de"), client(11, 5.0, language="fr")]
    need, most = {1: 5.0, 2: 6.0}, {1: 11.0, 2: 11.5}
    found = named(keepers, clients, need, most)
    assert found.chosen == {10: 2, 11: 1}
    assert found.without == ()


def test_whoever_knows_a_client_gets_it_and_no_more_are_moved_than_it_takes():
    keepers = [Keeper(1, 20.0), Keeper(2, 20.0)]
    clients = [client(10, 3.0, 9, k2=4, k1=1), client(11, 3.0, 9, k1=4), client(12, 1.0)]
    need, most = {1: 2.0, 2: 10.0, 9: 12.0}, {1: 23.0, 2: 23.0, 9: 10.0}
    found = named(keepers, clients, need, most)
    assert found.chosen[12] == 1
    assert len(found.chosen) == 2
    assert {10: 2, 11: 1}.items() & found.chosen.items()
    assert found.without == ()


def test_those_for_whom_nobody_has_room_or_language_are_named():
    keepers = [Keeper(1, 10.0, frozenset({"de"}))]
    clients = [
        client(10, 4.0, worth=1), client(11, 4.0, worth=5), client(12, 1.0, language="fr"),
        client(13, 9.0, 9),
    ]  # fmt: skip
    found = named(keepers, clients, {1: 7.0, 9: 5.0}, {1: 11.5, 9: 2.0})
    assert found.chosen == {11: 1}
    assert found.without == (10, 12, 13)
    assert named([], clients, {9: 5.0}, {9: 2.0}).without == (10, 11, 12, 13)
    assert named(keepers, [], {1: 7.0}, {1: 11.5}).chosen == {}


def test_a_large_team_is_solved():
    dice = np.random.default_rng(1)
    keepers = [Keeper(k, 30.0) for k in range(40)]
    need, most = {k: float(dice.uniform(15, 30)) for k in range(40)}, dict.fromkeys(range(40), 34.5)
    clients = [
        client(100 + n, float(dice.uniform(0.5, 3)), **{f"k{int(dice.integers(40))}": 2})
        for n in range(60)
    ]
    found = named(keepers, clients, need, most, seconds=60.0)
    assert len(found.chosen) == 60
    knows = sum(one.known_by(found.chosen[one.holding.account]) for one in clients)
    assert knows > 55
