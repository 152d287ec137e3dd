import itertools
from collections import Counter

import numpy as np
import pytest

from tenure.engine.simulation.contracts import NOTICE
from tenure.engine.simulation.ledger import chains
from tenure.engine.simulation.world import FREE, PAYING, TRIAL


def _spans(world):
    """(account, period, start, end) of every period; the end is infinite while it lasts."""
    for chain in chains(world).values():
        for period, after in zip(chain, [*chain[1:], None], strict=True):
            yield period.account, period, period.started, after.started if after else period.ended


def test_an_account_has_one_period_at_a_time(world):
    by_account = {}
    for account, _, start, end in _spans(world):
        by_account.setdefault(account, []).append((start, end))
    for spans in by_account.values():
        spans.sort()
        assert all(a[1] <= b[0] + 1e-9 for a, b in itertools.pairwise(spans))
        assert all(start < end for start, end in spans)


def test_every_account_begins_with_a_trial_that_costs_nothing(world):
    first = {}
    for account, period, start, _ in _spans(world):
        if account not in first or start < first[account].started:
            first[account] = period
    assert len(first) == len(world)
    assert all(p.is_trial and p.mrr == 0 and p.tier == 0 for p in first.values())


def test_only_paid_tiers_cost_and_all_of_them_do(world):
    assert all((p.mrr > 0) == (p.tier > 0) for _, p, _, _ in _spans(world))


def test_who_cancels_leaves_at_the_end_of_the_term_after_telling_us(world):
    left = [p for _, p, _, _ in _spans(world) if p.reason == "cancelled"]
    assert len(left) > 20
    assert all(p.ended == pytest.approx(p.renews) for p in left)
    assert all(p.notified < p.ended for p in left)


def test_notice_too_late_may_hold_an_account_for_another_term_and_stands_for_its_end(world):
    held = [
        (before, after)
        for chain in chains(world).values()
        for before, after in itertools.pairwise(chain)
        if before.notified < after.started
    ]
    assert held
    for before, after in held:
        assert before.term > 1
        assert before.auto_renew
        assert before.renews - before.notified < NOTICE
        assert (after.notified, after.auto_renew) == (before.notified, False)
        assert after.reason in {"cancelled", ""}


def test_a_change_within_a_term_keeps_its_end_and_a_renewal_moves_it(world):
    changed = renewed = 0
    for chain in chains(world).values():
        for before, after in itertools.pairwise(chain):
            if before.term == 1 or after.term == 1:
                continue
            if after.started < before.renews - 1e-6:
                changed += 1
                assert after.renews == before.renews
            else:
                renewed += 1
                assert after.started == pytest.approx(before.renews)
    assert changed > 50
    assert renewed > 50


def test_prices_rise_only_with_the_list_the_index_or_the_plan(world):
    for chain in chains(world).values():
        for before, after in itertools.pairwise(chain):
            if (before.tier, before.yearly) == (after.tier, after.yearly):
                assert 0.999 < after.unit / before.unit < 1.25


def test_trials_end_in_buying_staying_free_or_going(world):
    reasons = Counter(p.reason for _, p, _, _ in _spans(world) if p.is_trial)
    assert reasons["converted"] > 100
    assert reasons["trial ended"] > 50
    status = world.record.status[-1]
    assert {TRIAL, FREE, PAYING} <= set(status)


def test_some_come_back_some_grow_and_some_shrink(world):
    subscriptions = {}
    seats = Counter()
    for chain in chains(world).values():
        if chain[0].tier:
            subscriptions.setdefault(chain[0].account, []).append(chain)
        seats.update(np.sign(b.seats - a.seats) for a, b in itertools.pairwise(chain))
    assert any(len(found) > 1 for found in subscriptions.values())
    assert seats[1] > 30
    assert seats[-1] > 5


def test_yearly_churn_falls_from_the_lowest_tier_to_the_top(world):
    years, ends = np.zeros(4), np.zeros(4)
    for _, period, start, end in _spans(world):
        years[period.tier] += (min(end, world.grid.end) - start) / 365
        ends[period.tier] += np.isfinite(period.ended) and end == period.ended
    churn = 1 - np.exp(-ends[1:] / years[1:])
    assert churn[0] > churn[1] > churn[2]
    assert 0.2 < churn[0] < 0.6
    assert churn[2] < 0.12
