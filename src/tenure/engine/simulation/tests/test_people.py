from collections import defaultdict

import numpy as np

from tenure.engine.simulation.people import CHAMPION
from tenure.engine.simulation.roster import MANAGERS, books


def test_champions_leave_and_some_are_replaced(world):
    people, end = world.people, world.grid.end
    left = {
        int(people.account[c.person])
        for c in people.changes
        if c.role == CHAMPION and people.left[c.person] < end - 120
    }
    promoted = {
        int(people.account[c.person])
        for c in people.changes
        if c.role == CHAMPION and c.day > people.joined[c.person]
    }
    assert len(left) > 30
    assert 0.1 < len(left & promoted) / len(left) < 0.8


def test_an_account_without_champion_regrets_faster(world):
    record = world.record
    alone = record.at_risk & ~record.champion
    assert record.regret[alone].mean() > record.regret[record.at_risk & record.champion].mean()


def test_some_people_belong_to_several_accounts(rows):
    accounts = defaultdict(set)
    for row in rows["memberships"]:
        accounts[row["person_id"]].add(row["account_id"])
    several = [found for found in accounts.values() if len(found) > 1]
    assert len(several) > 10
    assert max(map(len, several)) >= 3


def test_roles_of_a_member_follow_each_other_without_overlap(rows):
    spans = defaultdict(list)
    for row in rows["memberships"]:
        assert row["until"] is None or row["since"] <= row["until"]
        spans[row["person_id"], row["account_id"]].append((row["since"], row["until"] or "9999"))
    assert any(len(found) > 1 for found in spans.values())


def test_mail_addresses_lead_nowhere(rows):
    assert all(row["email"].endswith(".example") for row in rows["people"])
    assert all(row["email"].isascii() for row in rows["people"])


def test_a_manager_speaks_the_language_of_the_account(world):
    given = books(world)
    for account, manager in enumerate(given.first):
        if manager >= 0:
            assert world.population.language(account) in MANAGERS[manager].languages


def test_the_book_of_the_manager_who_left_was_handed_on(world):
    given = books(world)
    gone = next(m for m, manager in enumerate(MANAGERS) if np.isfinite(manager.until))
    assert (given.first == gone).any()
    assert not (given.now == gone).any()
    account = int(np.flatnonzero(given.first == gone)[0])
    assert given.of(account, given.handed - 1) == gone
    assert given.of(account, given.handed + 1) == given.now[account]


def test_the_top_tier_and_most_of_the_middle_have_a_manager(rows):
    plans = {p["id"]: p["tier"] for p in rows["plans"]}
    managed = {a["id"] for a in rows["accounts"] if a["csm_email"]}
    for row in rows["subscriptions"]:
        if plans[row["plan_id"]] >= 2:
            assert row["account_id"] in managed
    assert len({a["csm_email"] for a in rows["accounts"]} - {None}) == 12


def test_touchpoints_are_answered_sooner_and_oftener_by_the_contented(rows):
    kinds = {(r["kind"], r["direction"]) for r in rows["touchpoints"]}
    assert {("email", "out"), ("email", "in"), ("meeting", "both"), ("letter", "out")} <= kinds
    assert all(r["sentiment"] is None for r in rows["touchpoints"] if r["direction"] == "out")
    tones = [r["sentiment"] for r in rows["touchpoints"] if r["sentiment"] is not None]
    assert -1 <= min(tones) < -0.3 < 0.5 < max(tones) <= 1
