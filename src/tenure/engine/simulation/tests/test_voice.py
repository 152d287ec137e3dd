import numpy as np

from tenure.engine.simulation.tables import account_id
from tenure.engine.simulation.voice import attitude, willing
from tenure.engine.simulation.world import PAYING


def test_the_lukewarm_are_silent_the_glad_and_the_furious_answer():
    assert willing(0.85) > 3 * willing(0.42)
    assert willing(0.05) > 1.5 * willing(0.42)
    assert all(0 < willing(mood) < 1 for mood in np.linspace(0, 1, 50))


def test_those_who_answer_feel_better_than_those_who_were_asked(world, rows):
    mood, paying = attitude(world), world.record.status == PAYING
    answered = {r["account_id"] for r in rows["survey_answers"] if r["kind"] == "nps"}
    spoke = np.array([account_id(i) in answered for i in range(len(world))])
    some = paying.any(axis=0)
    mean = np.where(paying, mood, 0).sum(axis=0)[some] / paying.sum(axis=0)[some]
    assert mean[spoke[some]].mean() > mean[~spoke[some]].mean() + 0.05


def test_scores_are_within_their_scales_and_spread(rows):
    scales = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
    for kind, (low, high) in scales.items():
        scores = [r["score"] for r in rows["survey_answers"] if r["kind"] == kind]
        assert low <= min(scores) <= max(scores) == high
        assert len(set(scores)) >= 4


def test_a_ticket_is_answered_before_it_is_solved(rows):
    for row in rows["tickets"]:
        if row["resolved_at"]:
            assert row["opened_at"] <= row["first_reply_at"] <= row["resolved_at"]
        assert row["csat"] is None or row["resolved_at"] is not None


def test_an_answer_comes_after_the_question(rows):
    assert all(r["sent_at"] <= r["answered_at"] for r in rows["survey_answers"])


def test_the_csat_of_a_ticket_is_among_the_answers(rows):
    given = {r["id"]: r["score"] for r in rows["survey_answers"] if r["kind"] == "csat"}
    on_tickets = {f"{r['id']}-csat": r["csat"] for r in rows["tickets"] if r["csat"]}
    assert given == on_tickets


def test_outcomes_are_confirmed_only_once_achieved_and_by_somebody(rows):
    achieved = 0
    for row in rows["outcomes"]:
        assert (row["confirmed_at"] is None) == (row["confirmed_by"] is None)
        assert row["confirmed_at"] is None or row["status"] == "achieved"
        achieved += row["status"] == "achieved"
    assert 0.25 < achieved / len(rows["outcomes"]) < 0.75


def test_advocates_feel_better_than_the_rest(world, rows):
    mood, paying = attitude(world), world.record.status == PAYING
    index = {account_id(i): i for i in range(len(world))}
    advocates = {index[r["account_id"]] for r in rows["advocacy"]}
    assert len(advocates) > 10
    others = paying.any(axis=0)
    others[list(advocates)] = False
    last = np.where(paying, mood, np.nan)
    assert np.nanmean(last[:, list(advocates)]) > np.nanmean(last[:, others]) + 0.05
