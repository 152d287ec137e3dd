"""What plays did before Tenure is told from their log, where somebody was held out by a chance."""

import numpy as np
import pytest

from tenure.accounts.models import Account
from tenure.contracts.models import SubscriptionPeriod
from tenure.plays.definition.reading import KEY
from tenure.plays.effects.before import known_before
from tenure.plays.effects.endpoints import DAYS, HISTORY, JUDGED, NAMES
from tenure.plays.effects.looks import (
    judged_before,
    judged_now,
    looks_now,
    looks_over_time,
    versions_seen,
)
from tenure.plays.effects.outcomes import Started
from tenure.plays.effects.past import arms_before, key_of, plays_logged
from tenure.plays.models import PastPlay, Play, PlayEffect
from tenure.plays.tests.measuring import DAY, START, on, paying, plan_make, refreshed, scored
from tenure.timeline.models import PlayRecord

pytestmark = pytest.mark.django_db
NAME = "Renewal discount"
NONE = {"versions": 0, "past": 0, "looks": 0}


@pytest.fixture
def plan():
    return plan_make()


def record(account, arm, *, day=0, chance=0.5, play=NAME, seen=None):
    return PlayRecord.objects.create(
        account=account, play=play, arm=arm, assigned_at=START + day * DAY, propensity=chance,
        recorded_at=START + (day if seen is None else seen) * DAY,
    )  # fmt: skip


def had(account, **values):
    return record(account, "treated", **values)


def left_out(account, **values):
    return record(account, "held_out", **values)


def crowd(plan, write, letter, stay, leave, **values):
    """Accounts of one arm: so many that stay, and so many that leave after 50 days."""
    accounts = [paying(plan, f"{letter}{n}", left=50 if n >= stay else None)
                for n in range(stay + leave)]  # fmt: skip
    for account in accounts:
        write(account, **values)
    return accounts


def the_past():
    return PastPlay.objects.get(name=NAME)


def test_the_effect_is_the_difference_of_the_arms(plan):
    crowd(plan, had, "a", 12, 0)
    crowd(plan, left_out, "b", 6, 6)
    assert refreshed(95) == {"versions": 0, "past": 1, "looks": len(NAMES) * len(DAYS)}
    past = the_past()
    look = looks_now(past.play, HISTORY)[JUDGED]
    value, low, high, _error, treated, held_out = look.raw
    assert (look.treated, look.held_out, look.expected) == ([12, 0, 0, 12], [12, 0, 0, 12], 12.0)
    assert (treated, held_out, value) == pytest.approx((1.0, 0.5, 0.5))
    assert low < value < high
    assert judged_before([past.play]) == {past.play_id: look}
    assert (past.play.key, past.treated, past.held_out, past.unchanced) == (
        "renewal_discount", 12, 12, 0,
    )  # fmt: skip


def test_accounts_of_different_chances_weigh_as_the_lot_drew_them(plan):
    """Had it: (10·1.25·1 + 5·2.5·1 + 5·2.5·0) / (12.5 + 25) = 25/37.5. Held out: with the weights
    1/0.2 and 1/0.6, (3·5 + 3·5/3) / (25 + 25/3) = 20/33.33. The lot expects 3 + 9 held out.
    """
    crowd(plan, had, "a", 10, 0, chance=0.8)
    crowd(plan, had, "b", 5, 5, chance=0.4)
    crowd(plan, left_out, "c", 3, 2, chance=0.8)
    crowd(plan, left_out, "d", 3, 2, chance=0.4)
    refreshed(95)
    look = looks_now(the_past().play, HISTORY)[JUDGED]
    value, _low, _high, _error, treated, held_out = look.raw
    assert (treated, held_out) == pytest.approx((2 / 3, 0.6))
    assert value == pytest.approx(1 / 15)
    assert look.expected == pytest.approx(12.0)


def test_only_the_first_entry_of_an_account_counts(plan):
    account = paying(plan, "a")
    had(account, day=3)
    left_out(account, day=40)
    left_out(paying(plan, "b"), day=5)
    with on(60):
        log = next(plays_logged())
    assert [one.day for one in log.started] == [(START + 3 * DAY).date(), (START + 5 * DAY).date()]
    assert log.held_out.tolist() == [False, True]


def test_records_that_were_corrected_or_lie_ahead_do_not_count(plan):
    wrong = had(paying(plan, "a"))
    PlayRecord.objects.filter(pk=wrong.pk).update(superseded_at=START + DAY)
    left_out(wrong.account, seen=1)
    had(paying(plan, "b"), day=90)
    with on(60):
        log = next(plays_logged())
    assert log.held_out.tolist() == [True]


@pytest.mark.parametrize(
    ("arms", "bar"),
    [
        ([("treated", 0.9)] * 3, "nobody_held_out"),
        ([("held_out", 0.9)] * 3, "nobody_had_it"),
        ([("treated", None), ("held_out", None)], "no_chance"),
        ([("treated", 1.0), ("held_out", 0.0)], "no_chance"),
        ([("treated", 0.9), ("held_out", None)], "no_chance"),
        ([("treated", 0.9), ("held_out", 0.9), ("treated", None)], ""),
    ],
)
def test_what_cannot_be_judged_is_counted_and_never_told_as_an_effect(plan, arms, bar):
    for n, (arm, chance) in enumerate(arms):
        record(paying(plan, f"a{n}"), arm, chance=chance)
    refreshed(95)
    past = the_past()
    assert (past.bar, past.treated + past.held_out) == (bar, len(arms))
    assert PlayEffect.objects.exists() == (not bar)


def test_who_has_no_chance_on_record_is_not_compared(plan):
    crowd(plan, had, "a", 12, 0)
    crowd(plan, left_out, "b", 6, 6)
    crowd(plan, had, "c", 0, 4, chance=None)
    refreshed(95)
    look = looks_now(the_past().play, HISTORY)[JUDGED]
    assert (look.treated, look.raw[0]) == ([12, 0, 0, 12], pytest.approx(0.5))
    assert the_past().unchanced == 4


def test_a_family_is_one_only_where_all_families_are_in_one_arm(plan):
    mother, daughter, other = (paying(plan, name) for name in ("m", "d", "o"))
    Account.objects.filter(pk=daughter.pk).update(parent=mother)
    for account in (mother, daughter):
        had(account)
    left_out(other)
    with on(30):
        assert arms_before(next(plays_logged())).family.tolist() == [
            mother.pk, mother.pk, other.pk,
        ]  # fmt: skip
    PlayRecord.objects.filter(account=daughter).update(arm="held_out")
    with on(30):
        assert arms_before(next(plays_logged())).family.tolist() == [
            mother.pk, daughter.pk, other.pk,
        ]  # fmt: skip


def test_what_is_adjusted_for_is_what_was_known_before(plan):
    """Paying since day −400, which is 2024-12-01: 13 whole months on 2026-01-05. The step of day −3
    was recorded then; that of day −5 came to be known on day 20.
    """
    account = paying(plan, "a", mrr=100, steps=[(-3, 130)])
    late = paying(plan, "late", mrr=70, steps=[(-5, 90)])
    SubscriptionPeriod.objects.filter(account=late, mrr=90).update(recorded_at=START + 20 * DAY)
    unknown = paying(plan, "unknown")
    SubscriptionPeriod.objects.filter(account=unknown).update(recorded_at=START + 20 * DAY)
    scored(account, -2, 55.0)
    scored(account, 0, 80.0)
    scored(late, -20, 44.0)
    with on(60):
        found = known_before([Started(one.pk, START.date()) for one in (account, late, unknown)])
    assert found["mrr"][:2].tolist() == [130.0, 70.0]
    assert found["tenure"][:2].tolist() == [13.0, 13.0]
    assert found["health"][0] == 55.0
    assert np.isnan([found["mrr"][2], found["tenure"][2], *found["health"][1:]]).all()
    assert np.isnan([found["risk_3"], found["risk_12"], found["usage"]]).all()


def test_an_old_log_is_looked_at_once_and_again_when_more_of_it_comes(plan):
    crowd(plan, had, "a", 12, 0)
    crowd(plan, left_out, "b", 6, 6)
    assert refreshed(900)["past"] == 1
    assert refreshed(901) == NONE
    had(paying(plan, "new"), day=2, seen=901)
    assert refreshed(901)["past"] == 1
    assert refreshed(902) == NONE
    sizes = [row.treated[0] for row in looks_over_time(the_past().play, HISTORY, *JUDGED)]
    assert sizes == [12, 13]


def test_a_log_is_looked_at_until_its_last_entry_is_old_enough(plan):
    had(paying(plan, "a"))
    left_out(paying(plan, "b"))
    assert [refreshed(day)["past"] for day in (31, 32, 209, 211)] == [1, 1, 1, 0]


def test_records_that_come_after_the_look_of_a_day_are_seen_the_day_after(plan):
    had(paying(plan, "a"))
    left_out(paying(plan, "b"))
    refreshed(900)
    had(paying(plan, "c"), seen=900)
    assert refreshed(900)["looks"] == 0
    assert refreshed(901)["looks"] == len(NAMES) * len(DAYS)


def test_a_chance_that_was_wrong_and_is_corrected_leaves_nothing_behind(plan):
    crowd(plan, had, "a", 60, 0, chance=0.05)
    crowd(plan, left_out, "b", 60, 0, chance=0.05)
    refreshed(900)
    play = the_past().play
    assert looks_now(play, HISTORY)[JUDGED].verdict == "assignment is broken"
    for row in list(PlayRecord.objects.all()):
        PlayRecord.objects.filter(pk=row.pk).update(superseded_at=START + 900 * DAY)
        record(row.account, row.arm, chance=0.5, seen=900)
    refreshed(901)
    assert looks_now(play, HISTORY)[JUDGED].verdict == "not known yet"


def test_before_any_contract_came_nothing_is_looked_at(plan):
    for n, write in enumerate((had, left_out)):
        write(Account.objects.create(external_id=f"{n}", name="A", recorded_at=START))
    assert refreshed(900) == NONE
    paying(plan, "b")
    assert refreshed(901)["past"] == 1


def test_a_name_that_left_the_log_is_forgotten(plan):
    row = had(paying(plan, "a"))
    refreshed(30)
    PlayRecord.objects.filter(pk=row.pk).update(play="Business review")
    refreshed(31)
    assert list(PastPlay.objects.values_list("name", flat=True)) == ["Business review"]


def test_history_is_never_taken_for_a_version(plan):
    crowd(plan, had, "a", 12, 0)
    crowd(plan, left_out, "b", 6, 6)
    play = Play.objects.create(key="renewal_discount", running=3)
    refreshed(95)
    assert the_past().play == play
    assert looks_now(play, HISTORY)
    assert (versions_seen(play), judged_now([play])) == ([], {})


def test_names_become_keys_that_differ(plan):
    names = [
        "renewal-90",
        "Renewal 90!",
        "renewal 90",
        "Ärger ÜBER alles",
        "续约",
        "续约 A",
        "x" * 99,
    ]
    for name in names:
        had(paying(plan, name), play=name)
    refreshed(30)
    keys = {past.name: past.play.key for past in PastPlay.objects.select_related("play")}
    assert len(set(keys.values())) == len(names)
    assert all(KEY.fullmatch(key) for key in keys.values())
    assert keys["renewal-90"] == "renewal-90"
    assert key_of("Renewal 90!") == "renewal_90"
    assert keys["Ärger ÜBER alles"] == "arger_uber_alles"
    assert key_of("续约 A") != "a"
    refreshed(31)
    assert keys == {past.name: past.play.key for past in PastPlay.objects.select_related("play")}
