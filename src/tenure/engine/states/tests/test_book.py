"""The fan of a book and its renewal scenarios: identities, oracles and hard cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import states
from tenure.engine.states import Book, Renewals

CUTS, RAISES = [0.1, 0.25, 0.5], [0.05, 0.2, 0.8]


def drawn(seed, accounts=40, months=12, most=0.1):
    draw = np.random.default_rng(seed)
    moves = draw.uniform(0, most, (3, accounts, months))
    return Book.of(draw.lognormal(5, 1, accounts), *moves, CUTS, RAISES)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.01, 0.3))
def test_the_simulated_means_agree_with_the_calculated_ones(seed, most):
    book = drawn(seed, accounts=15, months=10, most=most)
    fan = states.fan(book, runs=1500, seed=seed)
    spread = fan.grr[4] - fan.grr[0], fan.nrr[4] - fan.nrr[0]
    # 5 % to 95 % spans about 3.3 deviations; allow 5 standard errors of the mean.
    near = [5 * wide / 3.3 / np.sqrt(1500) + 3e-3 for wide in spread]
    assert (np.abs(fan.mean.grr - fan.expected.grr) <= near[0]).all()
    assert (np.abs(fan.mean.nrr - fan.expected.nrr) <= near[1]).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.floats(0, 0.33), st.floats(0, 1))
def test_grr_never_exceeds_one_nor_nrr(seed, most, shared):
    fan = states.fan(drawn(seed, 8, 6, most), runs=60, seed=seed, shared=shared)
    assert (fan.grr <= 1 + 1e-12).all()
    assert (fan.grr <= fan.nrr + 1e-12).all()
    assert (fan.expected.grr <= np.minimum(fan.expected.nrr, 1) + 1e-9).all()
    assert (np.diff(fan.mrr, axis=0) >= 0).all()
    assert fan.grr[:, 0] == pytest.approx(1)


def test_without_churn_and_contraction_grr_is_one_and_nrr_grows():
    still = np.zeros((5, 12))
    fan = states.fan(Book.of(np.full(5, 100.0), still, still, still + 0.1, [], RAISES), 200)
    assert fan.grr == pytest.approx(np.ones((5, 13)))
    assert fan.expected.grr == pytest.approx(np.ones(13))
    assert fan.expected.nrr[12] == pytest.approx((1 + 0.1 * 0.35) ** 12)


def test_expected_grr_is_that_of_every_path_worked_out_by_hand():
    """Two months, cut 20 %, raise 50 %, chances 0.1 (leave), 0.2 (cut), 0.3 (raise)."""
    book = Book.of([1.0], [[0.1] * 2], [[0.2] * 2], [[0.3] * 2], [0.2], [0.5])
    one = {0.0: 0.1, 0.8: 0.2, 1.5: 0.3, 1.0: 0.4}
    kept = sum(p * q * min(a * b, 1) for a, p in one.items() for b, q in one.items())
    grr = states.expected(book).grr
    assert grr[1] == pytest.approx(0.2 * 0.8 + 0.7, abs=1e-12)
    assert grr[2] == pytest.approx(kept, abs=1e-4)


def test_with_nothing_but_churn_the_fan_is_binomial():
    n, q = 400, 0.05
    still = np.zeros((n, 1))
    fan = states.fan(Book.of(np.ones(n), still + q, still, still, [], []), runs=20_000)
    deviation = np.sqrt(n * q * (1 - q))
    assert fan.mrr[0, 1] == pytest.approx(n * (1 - q) - 1.645 * deviation, abs=1)
    assert fan.mrr[4, 1] == pytest.approx(n * (1 - q) + 1.645 * deviation, abs=1)


def test_a_shared_shock_widens_the_fan():
    book = drawn(1, accounts=300)
    alone, together = (states.fan(book, runs=300, shared=sd) for sd in (0.0, 0.5))
    width = [fan.nrr[4, 12] - fan.nrr[0, 12] for fan in (alone, together)]
    assert width[1] > 1.5 * width[0]


def test_the_same_seed_gives_the_same_fan():
    first, again, other = (states.fan(drawn(2), 50, seed) for seed in (1, 1, 2))
    assert (first.mrr == again.mrr).all()
    assert (first.mrr != other.mrr).any()


@pytest.mark.parametrize("accounts", [0, 3])
def test_a_book_without_mrr_keeps_all_of_it(accounts):
    still = np.full((accounts, 4), 0.1)
    fan = states.fan(Book.of(np.zeros(accounts), still, still, still, CUTS, RAISES), 20)
    assert fan.grr == pytest.approx(np.ones((5, 5)))
    assert fan.expected.nrr == pytest.approx(np.ones(5))
    assert (fan.mrr == 0).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mrr": [np.nan]},
        {"mrr": [-1.0]},
        {"churn": [[0.9]]},
        {"churn": [[np.nan]]},
        {"churn": [[0.1, 0.1]]},
        {"cuts": [1.0]},
        {"cuts": []},
        {"raises": []},
    ],
    ids=repr,
)
def test_a_book_that_cannot_be_is_refused(wrong):
    good = {
        "mrr": [1.0], "churn": [[0.1]], "contraction": [[0.1]], "expansion": [[0.1]],
        "cuts": [0.5], "raises": [0.5],
    }  # fmt: skip
    Book.of(**good)
    with pytest.raises(ValueError):
        Book.of(**{**good, **wrong})


chance = st.floats(0, 1)
due = st.lists(
    st.tuples(
        st.integers(1, 6), st.floats(0, 1e5), chance, chance, chance, chance, st.floats(0, 2)
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(due)
def test_the_scenarios_amounts_add_up_and_stand_in_order(rows):
    month, amount, renew, down, up, cut, rise = (np.array(part) for part in zip(*rows, strict=True))
    whole = np.maximum(down + up, 1)
    book = Renewals.of(month, amount, renew, down / whole, up / whole, cut, rise)
    three = states.scenarios(book, runs=200)
    near = 1e-6 * max(amount.sum(), 1)
    for each in (three.downside, three.expected, three.upside):
        assert each.kept + each.lost + each.downsold - each.upsold == pytest.approx(
            amount, abs=near
        )
        by_month = [each.by_month(p, 6) for p in (each.lost, each.downsold, each.upsold, each.kept)]
        due_then = each.by_month(each.amount, 6)
        assert by_month[3] == pytest.approx(
            due_then - by_month[0] - by_month[1] + by_month[2], abs=near
        )
        assert by_month[3].sum() == pytest.approx(each.total, abs=near)
        assert (np.stack([each.lost, each.downsold, each.upsold]) >= 0).all()
    assert three.downside.total <= three.expected.total + near
    assert three.expected.total <= three.upside.total + near


def test_the_outer_scenarios_are_one_in_ten():
    draw = np.random.default_rng(6)
    book = Renewals.of(
        draw.integers(1, 13, 200), draw.lognormal(8, 1, 200), draw.uniform(0.6, 0.99, 200),
        0.1, 0.2, 0.3, 0.15,
    )  # fmt: skip
    three = states.scenarios(book)
    again = states.scenarios(book, seed=99)
    stakes = book.amount
    mean = stakes @ (book.renew * (1 - 0.1 * 0.3 + 0.2 * 0.15))
    second = stakes**2 @ (book.renew * (0.1 * 0.7**2 + 0.7 + 0.2 * 1.15**2))
    deviation = np.sqrt(second - (stakes**2 @ (book.renew * (1 - 0.1 * 0.3 + 0.2 * 0.15)) ** 2))
    assert three.expected.total == pytest.approx(mean)
    assert three.downside.total == pytest.approx(mean - 1.2816 * deviation, rel=0.02)
    assert three.upside.total == pytest.approx(mean + 1.2816 * deviation, rel=0.02)
    assert again.downside.total == pytest.approx(three.downside.total, rel=0.01)
    assert three.downside.shift < 0 < three.upside.shift


def test_certain_renewals_have_one_scenario():
    three = states.scenarios(Renewals.of([1, 2], [10.0, 20.0], 1.0))
    assert three.downside.total == three.expected.total == three.upside.total == 30


def test_no_renewals_give_nothing():
    three = states.scenarios(Renewals.of([], [], []))
    assert three.downside.total == three.upside.total == 0


@pytest.mark.parametrize(
    "wrong",
    [{"month": [0]}, {"renew": 1.2}, {"downsell": 0.6, "upsell": 0.6}, {"amount": [-1.0]}],
    ids=repr,
)
def test_renewals_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        Renewals.of(**{"month": [1], "amount": [1.0], "renew": 0.5, **wrong})
