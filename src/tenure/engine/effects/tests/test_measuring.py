"""What is said of a play on a day: who counts, which verdict, and what must not change it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.effects import (
    Arrival,
    Design,
    Endpoint,
    Entries,
    Plan,
    Strata,
    Verdict,
    assign,
    effect_on,
    history,
    sample_on,
)
from tenure.engine.effects.tests.worlds import clustered, drawn, entries

USAGE = Endpoint("usage", 30, worth=0.5)
KEPT = Endpoint("retention", 90, binary=True, worth=0.05)
PLAN = Plan(planned=300)
SEEDS = st.integers(0, 10_000)


def look(made, endpoint=USAGE, plan=PLAN, today=365.0):
    return effect_on(made, endpoint, plan, today)


def same(one, other, sign=1.0):
    for a, b in ((one.raw, other.raw), (one.adjusted, other.adjusted)):
        assert b.value == pytest.approx(sign * a.value, abs=1e-9)
        low, high = (a.low, a.high) if sign > 0 else (-a.high, -a.low)
        assert (b.low, b.high) == (pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8))
    assert other.p == pytest.approx(one.p, rel=1e-6)


def repeated(made, times):
    rows = np.repeat(np.arange(len(made.account)), times)
    return Entries(*(getattr(made, name)[rows] for name in made.__dataclass_fields__))


@settings(max_examples=25)
@given(SEEDS)
def test_swapping_the_arms_flips_the_sign(seed):
    made = drawn(seed, effect=1.0)
    swapped = replace(made, held_out=~made.held_out, propensity=1 - made.propensity)
    same(look(made), look(swapped), sign=-1.0)


@settings(max_examples=25)
@given(SEEDS, st.floats(-1e4, 1e4))
def test_adding_a_constant_to_all_values_changes_nothing(seed, constant):
    made = drawn(seed, effect=0.4)
    same(look(made), look(replace(made, value=made.value + constant)))


@settings(max_examples=25)
@given(SEEDS, st.floats(0.01, 1000))
def test_another_unit_changes_the_unit_only(seed, unit):
    made = drawn(seed, effect=0.4)
    one, other = look(made), look(replace(made, value=made.value * unit))
    assert other.adjusted.value == pytest.approx(unit * one.adjusted.value, abs=1e-6)
    assert other.adjusted.high == pytest.approx(unit * one.adjusted.high, abs=1e-5)
    assert other.verdict == one.verdict


@settings(max_examples=25)
@given(SEEDS, st.integers(2, 5))
def test_rows_that_stand_several_times_do_not_narrow_the_interval(seed, times):
    made = drawn(seed, effect=0.4)
    same(look(made), look(repeated(made, times)))


@settings(max_examples=25)
@given(SEEDS)
def test_the_order_of_rows_says_nothing(seed):
    made = drawn(seed, effect=0.4)
    order = np.random.default_rng(seed).permutation(len(made.account))
    shuffled = Entries(*(getattr(made, name)[order] for name in made.__dataclass_fields__))
    same(look(made), look(shuffled))


def test_several_entries_of_an_account_have_the_variance_clustered_by_account():
    chance = np.random.default_rng(2)
    account = np.sort(chance.integers(0, 150, 400))
    held = account % 4 == 0
    x = chance.normal(size=(150, 1))[account]
    value = (
        x[:, 0] + chance.normal(size=150)[account] * np.where(held, 3, 1) + chance.normal(size=400)
    )
    found = look(entries(value, held, x, account=account, share=0.25))
    keys = np.unique(account)
    assert found.treated.entered + found.held_out.entered == len(keys)
    assert found.covariates == 1
    assert found.adjusted.error**2 >= clustered(value, held, account, x)
    raw = clustered(value, held, account, x[:, :0])
    assert found.raw.error**2 == pytest.approx(raw)


def test_an_account_is_adjusted_for_what_was_known_before_its_first_entry():
    made = entries([1.0, 3.0], [False, False], [[5.0], [9.0]], account=["a", "a"], entered=[40, 10])
    sample = sample_on(made, USAGE, 365)
    assert sample.covariates.tolist() == [[9.0]]
    assert sample.value.tolist() == [2.0]


def test_accounts_too_young_and_without_a_value_are_counted_and_left_out():
    n = 200
    held = np.arange(n) % 10 == 0
    value = np.where(np.arange(n) % 20 == 1, np.nan, 1.0 + np.arange(n) % 3)
    made = entries(value, held, entered=np.arange(n))
    found = look(made, today=150.0)
    assert (found.held_out.entered, found.treated.entered) == (16, 135)
    assert (found.held_out.open, found.treated.open) == (3, 27)
    assert (found.held_out.unknown, found.treated.unknown) == (0, 6)
    for arm in (found.treated, found.held_out):
        assert arm.entered == arm.open + arm.unknown + arm.measured
    cut = np.arange(n) <= 120
    before = entries(value[cut], held[cut], entered=np.arange(n)[cut])
    same(found, look(before))


def test_below_the_floor_nothing_is_said_but_how_many_more_it_takes():
    held = np.arange(60) < 6
    found = look(entries(np.where(held, 0.0, 1.0), held), KEPT)
    assert (found.raw, found.adjusted, found.reduction, found.p) == (None, None, None, 1.0)
    assert found.verdict is Verdict.UNKNOWN
    assert found.more == 40


def test_nobody_at_all_is_not_known_yet():
    found = look(entries([], []))
    assert (found.verdict, found.more, found.treated.entered) == (Verdict.UNKNOWN, None, 0)


def test_where_everybody_stays_the_interval_is_still_wide():
    found = look(entries(np.ones(200), np.arange(200) < 20), KEPT)
    assert found.verdict is Verdict.UNKNOWN
    assert found.adjusted.low < -0.03
    assert found.adjusted.high > 0.03
    assert found.more > 0


def test_where_one_arm_all_left_and_the_other_stayed_nothing_is_taken_for_certain():
    held = np.arange(40) % 2 == 0
    found = look(entries(1.0 - held, held, np.zeros((40, 0)), entered=np.zeros(40)), KEPT)
    assert found.adjusted.value == pytest.approx(1.0)
    assert found.adjusted.high - found.adjusted.low > 0.1
    money = look(entries(100.0 * held, held, np.zeros((40, 0)), entered=np.zeros(40)))
    assert money.adjusted is None


def test_values_that_never_differ_and_are_no_share_tell_nothing():
    found = look(entries(np.full(200, 7.3), np.arange(200) < 20))
    assert (found.raw, found.verdict) == (None, Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("effect", "rising", "verdict"),
    [
        (1.5, True, Verdict.HELPS),
        (-1.5, True, Verdict.HARMS),
        (1.5, False, Verdict.HARMS),
        (-1.5, False, Verdict.HELPS),
        (0.0, True, Verdict.UNKNOWN),
    ],
)
def test_the_verdict_says_what_the_interval_shows(effect, rising, verdict):
    found = look(drawn(3, effect=effect), replace(USAGE, more_is_better=rising))
    assert found.verdict is verdict
    assert (found.adjusted.low <= 0 <= found.adjusted.high) == (verdict is Verdict.UNKNOWN)
    assert (found.p < PLAN.level) == (verdict is not Verdict.UNKNOWN)
    assert (found.more is not None) == (verdict is Verdict.UNKNOWN)


def test_no_effect_worth_knowing_is_told_once_the_interval_is_narrow():
    many = drawn(3, n=4000)
    assert look(many).negligible
    assert look(many).more == 0
    assert not look(many, replace(USAGE, worth=0.01)).negligible
    assert look(many, replace(USAGE, worth=0.01)).more > 0
    assert look(many, replace(USAGE, worth=None)).more is None


def test_covariates_that_matter_narrow_the_interval_and_others_hardly_widen_it():
    matters, idle = look(drawn(4, n=800, strength=2.0)), look(drawn(4, n=800, strength=0.0))
    assert matters.reduction == pytest.approx(0.8, abs=0.08)
    assert matters.adjusted.error < 0.6 * matters.raw.error
    assert -0.05 < idle.reduction < 0.05


def test_a_covariate_that_is_the_value_itself_is_not_believed():
    made = drawn(5)
    found = look(replace(made, covariates=made.value[:, None]))
    assert found.covariates == 0
    assert found.adjusted == found.raw


def test_held_out_accounts_that_vanish_break_the_assignment():
    made = drawn(6, n=1500)
    gone = made.held_out & (np.arange(1500) % 2 == 0)
    rest = Entries(*(getattr(made, name)[~gone] for name in made.__dataclass_fields__))
    assert look(rest).verdict is Verdict.BROKEN
    assert look(rest).more is None
    lost = look(replace(made, value=np.where(gone, np.nan, made.value)))
    assert lost.verdict is Verdict.BROKEN
    assert (lost.assigned.p, lost.measured.p < 0.005) == (1.0, True)


def test_looks_carry_on_the_smallest_p_and_a_mismatch():
    made = replace(drawn(7, effect=0.5), entered=np.arange(300.0))
    days = range(60, 365, 20)
    looks = history(made, USAGE, PLAN, days)
    assert [found.today for found in looks] == list(days)
    assert all(b.p <= a.p for a, b in pairwise(looks))
    assert looks[-1].raw == look(made, today=days[-1]).raw
    broken = replace(looks[0], assigned=replace(looks[0].assigned, p=1e-4))
    assert effect_on(made, USAGE, PLAN, 365.0, broken.seen).verdict is Verdict.BROKEN


def lived(number, effect):
    """A year of a play: two accounts a day, assigned as they come, their usage 30 days later."""
    chance = np.random.default_rng(number)
    design, strata = Design(b"sixteen bytes and more", f"play {number}", 1), Strata((0.5,), (0.0,))
    risk, value = chance.random(730), chance.normal(size=730)
    done = ()
    for day in range(365):
        come = [Arrival(str(i), strata.of(risk[i], value[i])) for i in (2 * day, 2 * day + 1)]
        done = (*done, *assign(design, come, done))
    held = np.array([assignment.held_out for assignment in done])
    x = np.column_stack([value, risk])
    order = [int(assignment.account) for assignment in done]
    used = 2 * value[order] - 3 * risk[order] + chance.normal(size=730) + effect * ~held
    return entries(used, held, x[order], account=order, entered=np.arange(730) // 2)


@pytest.mark.parametrize(("effect", "verdict"), [(0.0, Verdict.UNKNOWN), (0.8, Verdict.HELPS)])
def test_from_the_first_assignment_to_the_verdict(effect, verdict):
    for number in range(3):
        looks = history(lived(number, effect), USAGE, PLAN, [*range(30, 394, 40), 394])
        assert looks[0].adjusted is None
        assert looks[-1].verdict is verdict
        assert all(found.verdict is not Verdict.BROKEN for found in looks)
        last = looks[-1]
        assert last.adjusted.low < effect < last.adjusted.high
        assert last.reduction > 0.6
        assert (last.treated.open, last.held_out.open) == (0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"held_out": np.array([True, False, False])}, "keeps its arm"),
        ({"propensity": np.array([0.9, 0.8, 0.9])}, "keeps its arm"),
        ({"value": np.array([0.0, 0.5, 1.0])}, "0 or 1"),
        ({"value": np.array([0.0, np.inf, 1.0])}, "finite"),
        ({"propensity": np.array([0.9, 0.9, 1.0])}, "propensity"),
        ({"entered": np.array([0.0, np.nan, 1.0])}, "entry"),
        ({"value": np.zeros(2)}, "one row"),
        ({"covariates": np.zeros(3)}, "table"),
    ],
)
def test_entries_that_contradict_themselves_are_refused(change, message):
    made = entries([0.0, 1.0, 1.0], [False, False, False], account=["a", "a", "b"])
    with pytest.raises(ValueError, match=message):
        look(replace(made, **change), KEPT)


@pytest.mark.parametrize("wrong", [{"days": -1}, {"worth": 0.0}])
def test_an_endpoint_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValueError):
        Endpoint(**({"name": "mrr", "days": 30} | wrong))


@pytest.mark.parametrize("wrong", [{"floor": 1}, {"level": 0.0}, {"planned": 0}, {"mismatch": 1.0}])
def test_a_plan_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValueError):
        Plan(**wrong)
