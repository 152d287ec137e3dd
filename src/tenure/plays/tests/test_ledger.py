"""What may start and in which arm, whatever arrives: the numbers add up and no limit is passed."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.effects import Assignment, Strata, altered
from tenure.plays.definition.reading import parse
from tenure.plays.models.plays import PlayCount
from tenure.plays.starting.arms import Arms, Entering, design_of
from tenure.plays.starting.ledger import APART, Ledger, Waiting, turn_of
from tenure.plays.tests.arriving import body

pytestmark = pytest.mark.once
What = PlayCount.What
FIRST = date(2026, 1, 1)
ACCOUNTS = range(6)


def _plays(draw_limits):
    return [
        parse(f"p{n}", body({"on": "manual"}, limits=limits, priority=priority))
        for n, (limits, priority) in enumerate(draw_limits)
    ]


LIMITS = st.fixed_dictionaries(
    {"again": st.integers(1, 12), "day": st.integers(1, 3), "patience": st.integers(1, 6)}
)
COMPANY = st.lists(st.tuples(LIMITS, st.sampled_from([20, 50, 50, 80])), min_size=1, max_size=3)
MOMENT = st.tuples(
    st.integers(0, 2), st.sampled_from(ACCOUNTS), st.booleans(), st.booleans(), st.booleans()
)
HISTORY = st.lists(st.lists(MOMENT, max_size=8), min_size=3, max_size=18)


@settings(max_examples=80)
@given(COMPANY, HISTORY)
def test_every_arrival_is_accounted_for_and_no_limit_is_passed(company, history):
    plays = _plays(company)
    ledger, queue, counts = Ledger(), {}, Counter()
    started = []
    for number, moments in enumerate(history):
        today = FIRST + timedelta(days=number)
        for which, account, inside, quiet, ends in moments:
            play = plays[which % len(plays)]
            counts[What.MET] += 1
            why = ledger.refused(play, account, today, inside=inside, quiet=quiet)
            counts[why or "queued"] += 1
            if why is None:
                key = (play.key, account)
                assert key not in queue
                queue[key] = Waiting(
                    run=len(counts), play=play.key, account=account, met=today,
                    priority=play.priority, value=float(account), limits=play.limits,
                    automatic=True, ready=not ends,
                )  # fmt: skip
        turn = turn_of(queue.values(), ledger, today)
        for gone in turn.start + turn.expired:
            del queue[gone.play, gone.account]
            counts["queued"] -= 1
        counts["expired"] += len(turn.expired)
        counts["started"] += len(turn.start)
        for one in turn.start:
            started.append((one.play, one.account, today, one.priority))
            ledger.close(one.play, one.account)
            assert (today - one.met).days <= one.limits.patience
    refused = sum(counts[what] for what in (What.OUTSIDE, What.QUIET, What.RUNNING, What.AGAIN))
    assert counts[What.MET] == counts["started"] + counts["expired"] + counts["queued"] + refused
    assert counts["queued"] == len(queue)
    limits = {play.key: play.limits for play in plays}
    for (play, _day), count in Counter((key, on) for key, _a, on, _p in started).items():
        assert count <= limits[play].day
    for at, (key, account, on, priority) in enumerate(started):
        for other, same, before, theirs in started[:at]:
            if same != account:
                continue
            apart = (on - before).days
            if other == key:
                assert apart >= limits[key].again
            elif apart < APART:
                assert priority > theirs


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 40),
                st.one_of(st.none(), st.floats(0, 1)),
                st.one_of(st.none(), st.floats(0, 1e4)),
            ),
            max_size=12,
            unique_by=lambda one: one[0],
        ),
        max_size=8,
    ),
    st.sampled_from([0.1, 0.25, 0.5]),
    st.integers(1, 4),
)
def test_nobody_is_in_two_arms_and_a_slot_is_taken_once(days, share, size):
    design = design_of("p", 1, share)
    arms = Arms(design, Strata((0.3, 0.6), (100.0, 1000.0)))
    kept, slots = {}, []
    for entering in days:
        found = arms.assign(
            [Entering(account, account // size, risk, value) for account, risk, value in entering]
        )
        for account, _risk, _value in entering:
            arm = found[account]
            family = kept.setdefault(account // size, (arm.held_out, arm.stratum))
            assert family == (arm.held_out, arm.stratum)
            assert arm.propensity == 1 - share
            if arm.slot is not None:
                slots.append(
                    Assignment(str(account), arm.stratum, arm.slot, arm.held_out, 1 - share)
                )
    assert len({(one.stratum, one.slot) for one in slots}) == len(slots) == len(kept)
    assert altered(design, slots) == ()


def test_families_that_become_one_keep_their_slots():
    design, strata = design_of("p", 1, 0.5), Strata()
    first = Arms(design, strata).assign([Entering(1, 1, None, None), Entering(2, 2, None, None)])
    earlier = [
        (1, Assignment("", arm.stratum, arm.slot, arm.held_out, arm.propensity))
        for arm in (first[1], first[2])
    ]
    later = Arms(design, strata, earlier).assign(
        [Entering(3, 1, None, None), Entering(4, 4, None, None)]
    )
    assert (later[3].slot, later[3].held_out) == (None, first[1].held_out)
    assert later[4].slot == 2


def test_another_version_is_another_draw_and_another_key_of_the_installation_too(settings):
    def drawn(version):
        arms = Arms(design_of("p", version, 0.5), Strata())
        found = arms.assign([Entering(n, n, None, None) for n in range(64)])
        return [found[n].held_out for n in range(64)]

    first = drawn(1)
    assert first == drawn(1) != drawn(2)
    settings.SECRET_KEY = "another"
    assert drawn(1) != first
