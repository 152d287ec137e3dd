"""Effects learnt from logs whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.hazards.folds import by_account
from tenure.engine.uplift import Settings, against_nothing, fit, play_log, treated_share
from tenure.engine.uplift.choosing import cross_fit
from tenure.engine.uplift.nuisance import Nuisance
from tenure.engine.uplift.tests.worlds import world

PLAIN = Settings(folds=2, boosted=False)


@pytest.fixture(scope="module")
def helped():
    made = world(3000, 6)
    return made, fit(made.log, 0.2, PLAIN)


def ranked(made, found):
    log = made.log
    return found.estimate(log.features, log.stake, log.cost, log.segment)


def test_doubly_robust_scores_are_those_of_the_formula():
    log = play_log([1, 2], [[0], [0]], ["x"], [1, 0], [1.0, 0.25])
    known = Nuisance(np.array([0.5, 0.2]), np.array([0.25, 0.5]), np.array([0.75, 0.5]))
    assert known.scores(log) == pytest.approx([0.5 + 0.25 / 0.5, 0.0 + 0.25 / 0.8])


def test_what_is_chosen_keeps_most_of_what_could_be_kept_and_harms_few(helped):
    made, found = helped
    places = int(0.2 * len(made.log))
    own = treated_share(ranked(made, found).rank, places)
    best = treated_share(np.where(made.net > 0, made.net, -np.inf), places)
    assert own @ made.net > 0.6 * (best @ made.net)
    assert own @ (made.effect < 0) < 0.1 * own.sum()


def test_ranking_by_risk_alone_is_seen_to_be_worth_less(helped):
    _made, found = helped
    value = {row.name: row.value.value for row in found.report.choice.candidates}
    assert value["highest risk"] < value["learners with the outlook"]
    assert value["nobody"] == 0


def test_every_learner_on_both_bases_is_among_the_candidates():
    found = fit(world(1200, 1).log, 0.2, Settings(folds=2))
    names = {row.name for row in found.report.choice.candidates}
    assert {f"{kind}, {base}" for kind in "STX" for base in ("ridge", "boosted")} < names
    assert {
        "DR, ridge",
        "DR, boosted",
        "learners together",
        "segments",
        "risk × value",
        "random",
        "nobody",
    } < names


def test_nothing_that_judges_an_account_has_seen_its_outcome():
    made = world(300, 2)
    log = made.log
    fold = by_account(log.account, log.treated, 3, 0)
    outcome = np.where(fold == 1, 1.0 - log.outcome, log.outcome)
    turned = play_log(
        log.account, log.features, log.names, log.treated, outcome, stake=log.stake, cost=log.cost,
        propensity=log.propensity, segment=log.segment,
    )  # fmt: skip
    before, after = (cross_fit(each, ("ridge",), 3, 0) for each in (log, turned))
    same = before.fold == 1
    assert np.array_equal(before.effects.mean[:, same], after.effects.mean[:, same])
    assert np.array_equal(before.effects.spread[:, same], after.effects.spread[:, same])
    assert not np.array_equal(before.effects.mean[:, ~same], after.effects.mean[:, ~same])


def test_the_interval_of_what_was_chosen_holds_the_truth_although_it_was_chosen():
    held = []
    for seed in range(4):
        made = world(200, 100 + seed, size=0.0)
        value = fit(made.log, 0.3, PLAIN).report.choice.value
        held.append(value.low <= 0.0)
    assert sum(held) >= 3


def test_a_play_that_does_nothing_but_cost_is_given_to_hardly_anybody():
    made = world(1500, 4, size=0.0)
    estimate = ranked(made, fit(made.log, 0.3, PLAIN))
    assert np.isfinite(estimate.rank).mean() < 0.1


def test_a_play_dearer_than_any_account_is_given_to_nobody():
    made = world(400, 1)
    log = made.log
    dear = play_log(
        log.account, log.features, log.names, log.treated, log.outcome, stake=log.stake, cost=1e9,
        propensity=log.propensity,
    )  # fmt: skip
    found = fit(dear, 0.3, PLAIN)
    assert found.report.choice.name == "nobody"
    estimate = found.estimate(log.features, log.stake, np.full(len(log), 1e9))
    assert not np.isfinite(estimate.rank).any()


def test_a_biased_log_is_put_right_by_propensities_logged_or_estimated():
    for known in (True, False):
        made = world(2500, 8, known=known)
        log = made.log
        naive = log.outcome[log.treated].mean() - log.outcome[~log.treated].mean()
        found = fit(log, 0.2, PLAIN)
        report = found.report
        average, sd = report.average
        assert ranked(made, found).assumed is not known
        assert report.randomised is known
        assert abs(average - made.effect.mean()) < 3 * sd
        assert abs(naive - made.effect.mean()) > 3 * sd


def test_twenty_accounts_get_a_wide_answer_from_their_segments():
    random = np.random.default_rng(0)
    treated = np.arange(20) % 2 == 0
    log = play_log(
        np.arange(20), random.normal(size=(20, 2)), ["a", "b"], treated, random.random(20) < 0.7,
        stake=1000.0, cost=50.0, propensity=0.5, segment=np.arange(20) // 10,
    )  # fmt: skip
    found = fit(log, 0.5)
    estimate = found.estimate(log.features, log.stake, log.cost, log.segment)
    assert not found.report.learners
    assert np.isfinite(estimate.effect).all()
    assert (estimate.sd > 0.1).all()
    assert not estimate.assumed


def test_an_arm_of_three_accounts_is_refused():
    log = play_log(np.arange(9), np.zeros((9, 1)), ["a"], np.arange(9) < 3, np.ones(9))
    with pytest.raises(ValueError, match="four accounts"):
        fit(log, 0.5)


def test_several_plays_are_each_set_beside_those_who_got_none():
    log = play_log(np.arange(4), np.zeros((4, 1)), ["a"], [0, 1, 1, 0], [1, 1, 0, 0])
    chances = [[0.5, 0.25, 0.25]] * 4
    one, two = against_nothing(log, [0, 1, 2, 0], chances)
    assert one.account.tolist() == [0, 1, 3]
    assert two.account.tolist() == [0, 2, 3]
    assert one.propensity == pytest.approx([1 / 3] * 3)
    assert two.treated.tolist() == [False, True, False]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12), st.integers(0, 15))
def test_no_more_than_the_places_are_treated_and_never_one_who_should_not_be(scores, places):
    rank = np.array([float(x) if x > 0 else -np.inf for x in scores])
    part = treated_share(rank, places)
    assert part.sum() == pytest.approx(min(places, np.isfinite(rank).sum()))
    assert not part[~np.isfinite(rank)].any()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"propensity": 1.0}, "propensity"), ({"cost": -1.0}, "cost"), ({"stake": np.nan}, "finite")],
)
def test_a_log_that_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        play_log([1, 2], [[0], [0]], ["x"], [1, 0], [1, 0], **change)
