"""Who is held out: fixed, balanced, unpredictable, as often as promised."""

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.effects import Arrival, Design, Strata, altered, assign, strata_of

SECRET = b"a secret of the installation"
DESIGN = Design(SECRET, "welcome call", 3)
STREAMS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["r0v0", "r1v2", "ruv1"])),
    max_size=120,
    unique_by=lambda pair: pair[0],
)


def arrivals(pairs):
    return [Arrival(f"account-{number}", stratum) for number, stratum in pairs]


def one_by_one(design, pairs):
    done = ()
    for arrival in arrivals(pairs):
        done = (*done, *assign(design, [arrival], done))
    return done


def test_another_process_gives_the_same_answer():
    code = (
        "from tenure.engine.effects import *\n"
        f"d = Design({SECRET!r}, 'welcome call', 3)\n"
        "print([a.held_out for a in assign(d, [Arrival(str(i), 'r0v0') for i in range(60)])])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()
    here = assign(DESIGN, [Arrival(str(i), "r0v0") for i in range(60)])
    assert told == str([done.held_out for done in here])


@given(STREAMS, st.randoms())
def test_the_order_within_a_batch_says_nothing(pairs, order):
    mixed = list(pairs)
    order.shuffle(mixed)
    assert set(assign(DESIGN, arrivals(pairs))) == set(assign(DESIGN, arrivals(mixed)))


@given(STREAMS, st.sampled_from([0.05, 0.1, 0.15, 1 / 3, 0.5]))
def test_each_stratum_is_near_its_share_after_every_arrival(pairs, share):
    design = Design(SECRET, "welcome call", 1, share)
    entered, held = Counter(), Counter()
    for done in one_by_one(design, pairs):
        entered[done.stratum] += 1
        held[done.stratum] += done.held_out
        # a block holds out 2·share·length ≤ 3 + 1 at most; whole ones are off by rounding only
        drift = 4.0 if (1 / share) % 1 < 1e-9 else 4.0 + 0.5 * entered[done.stratum] ** 0.5
        assert abs(held[done.stratum] - share * entered[done.stratum]) <= drift


def test_whole_blocks_hold_out_a_tenth_to_the_account():
    done = assign(DESIGN, [Arrival(str(i), "r0v0") for i in range(5000)])
    assert abs(sum(d.held_out for d in done) - 500) <= 2


@pytest.mark.parametrize("share", [0.1, 0.15, 0.5])
def test_every_slot_is_held_out_with_the_propensity_that_is_logged(share):
    plays, slots = 700, 24
    counts = [0] * slots
    for number in range(plays):
        design = Design(SECRET, f"play {number}", 1, share)
        for done in assign(design, [Arrival(str(i), "s") for i in range(slots)]):
            counts[done.slot] += done.held_out
            assert done.propensity == pytest.approx(1 - share)
    error = (share * (1 - share) / plays) ** 0.5
    assert all(abs(count / plays - share) < 4 * error for count in counts)


def test_ten_without_a_hold_out_leave_open_what_the_next_one_gets():
    """They began a block of twenty, of whose other ten slots two are held out."""
    after = Counter()
    for number in range(1500):
        done = assign(
            Design(SECRET, f"play {number}", 1), [Arrival(str(i), "s") for i in range(11)]
        )
        arms = [d.held_out for d in sorted(done, key=lambda d: d.slot)]
        if not any(arms[:10]):
            after[arms[10]] += 1
    seen = after.total()
    assert abs(seen / 1500 - 0.5 * 45 / 190) < 4 * (0.12 * 0.88 / 1500) ** 0.5
    assert abs(after[True] / seen - 0.2) < 4 * (0.16 / seen) ** 0.5


def test_secret_play_and_version_each_draw_anew():
    def arms(design):
        return [d.held_out for d in assign(design, [Arrival(str(i), "s") for i in range(200)])]

    other = [
        Design(b"quite another secret", "welcome call", 3),
        Design(SECRET, "another play", 3),
        Design(SECRET, "welcome call", 4),
    ]
    assert all(arms(design) != arms(DESIGN) for design in other)


@given(STREAMS, STREAMS)
def test_whoever_has_an_arm_keeps_it(before, after):
    first = {done.account: done for done in assign(DESIGN, arrivals(before))}
    # they may have moved to another stratum meanwhile
    later = assign(DESIGN, arrivals(after), first.values())
    assert all(done == first.get(done.account, done) for done in later)
    everybody = {done.account: done for done in (*first.values(), *later)}
    slots = Counter((done.stratum, done.slot) for done in everybody.values())
    assert max(slots.values(), default=1) == 1


def test_slots_of_erased_accounts_are_not_given_again():
    done = assign(DESIGN, [Arrival(str(i), "s") for i in range(30)])
    left = [d for d in done if d.slot > 4]
    (new,) = assign(DESIGN, [Arrival("new", "s")], left)
    assert new.slot == 30


def test_an_account_that_arrives_twice_is_assigned_once():
    assert len(assign(DESIGN, [Arrival("a", "s"), Arrival("a", "s")])) == 1
    with pytest.raises(ValueError, match="one stratum at a time"):
        assign(DESIGN, [Arrival("a", "s"), Arrival("a", "t")])


@given(STREAMS.filter(len), st.data())
def test_a_changed_arm_is_found_and_an_honest_record_is_not_blamed(pairs, data):
    from dataclasses import replace

    done = list(one_by_one(DESIGN, pairs))
    assert altered(DESIGN, done) == ()
    at = data.draw(st.integers(0, len(done) - 1))
    done[at] = replace(done[at], held_out=not done[at].held_out)
    assert altered(DESIGN, done) == (done[at],)


@pytest.mark.parametrize("wrong", [{"secret": b"short"}, {"share": 0.0}, {"share": 0.6}])
def test_a_design_refuses_what_would_not_work(wrong):
    with pytest.raises(ValueError):
        Design(**({"secret": SECRET, "play": "p", "version": 1} | wrong))


def test_strata_cut_risk_and_value_and_know_the_unknown():
    strata = strata_of([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, float("nan")], [10, 10, 10, 10])
    assert strata.value == ()
    assert [strata.of(risk, 5) for risk in (0.0, 0.3, 0.9)] == ["r0v0", "r1v0", "r2v0"]
    assert Strata((0.5,), (100.0,)).of(0.5, 99.0) == "r1v0"
    assert strata.of(None, float("nan")) == "ruvu"
    assert strata_of([], []) == Strata()
    with pytest.raises(ValueError, match="rise"):
        Strata(risk=(0.5, 0.5))
