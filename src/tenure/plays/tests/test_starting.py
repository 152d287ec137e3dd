"""Arrivals become runs: counted, refused for a reason, queued, started in turn, or held out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.effects.endpoints import KNOWN
from tenure.plays.models import DoNotDisturb, Met, Play, PlayCount, PlayStrata, Run
from tenure.plays.running.stepping import advance
from tenure.plays.selectors import counts_by_day, counts_of, definition_of, queued_of
from tenure.plays.services.runs import run_start_by_hand
from tenure.plays.starting.beginning import PATIENCE
from tenure.plays.starting.known import FIELDS
from tenure.plays.starting.meeting import play_look
from tenure.plays.starting.stage import facts_for, plays_refresh
from tenure.plays.tests.arriving import (
    GERMAN,
    START,
    account,
    climbs,
    counts,
    day,
    look,
    model,
    moves,
    pays,
    play,
    predicted,
    runs,
)

pytestmark = pytest.mark.django_db
BECOMES = {"on": "level", "to": "client"}


@pytest.fixture(autouse=True)
def _now():
    with clock.at(START):
        yield


def test_accounts_that_meet_the_rule_already_do_not_start_when_it_is_switched_on():
    there, later = account("there", "DE"), account("later")
    play()
    look()
    assert (runs(), counts()) == ([], {})
    assert list(Met.objects.values_list("account_id", flat=True)) == [there.pk]
    with clock.at(day(1)):
        moves(later, "DE")
        look()
    assert runs(state="active") == ["later"]
    assert counts() == {"met": 1, "started": 1}
    run = Run.objects.get()
    assert run.because == {"kind": "enters", "facts": {"account.country": "DE"}}
    assert (run.wake_at, run.started_at, run.version) == (day(1), day(1), 1)
    assert (run.held_out, run.propensity, run.slot) == (None, None, None)


@pytest.mark.once
def test_a_property_that_toggles_two_hundred_times_starts_one_run_and_counts_the_rest():
    acme = account("acme")
    play()
    look()
    for toggle in range(200):
        with clock.at(START + timedelta(hours=3 * (toggle + 1))):
            moves(acme, "FR" if toggle % 2 else "DE")
            plays_refresh(Refresh(clock.today()))
    assert Run.objects.count() == 1
    found = counts()
    assert found["met"] == 100
    assert (found["started"], found["running"]) == (1, 99)


def test_the_same_account_has_a_play_again_only_after_its_days_held_out_or_not():
    acme, beta = account("acme"), account("beta")
    play(trigger=BECOMES, limits={"again": 30})
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        climbs(beta, "client")
        look()
        Run.objects.filter(account=acme).update(state="done", ended_at=day(1))
        Run.objects.filter(account=beta).update(state="held_out", held_out=True)
    for number in (10, 31):
        with clock.at(day(number)):
            climbs(acme, "client", "advocate")
            climbs(beta, "client", "advocate")
            look()
    assert counts() == {"met": 6, "started": 4, "again": 2}


def test_an_account_outside_the_audience_or_in_peace_is_refused_and_counted():
    acme, beta, gamma = account("acme", "DE"), account("beta", "FR"), account("gamma", "DE")
    DoNotDisturb.objects.create(
        account=acme, since=START, until=day(9), reason="on leave", recorded_at=START
    )
    play(trigger=BECOMES, audience=GERMAN)
    look()
    with clock.at(day(1)):
        for row in (acme, beta, gamma):
            climbs(row, "client")
        look()
    assert counts() == {"met": 3, "quiet": 1, "outside": 1, "started": 1}
    assert runs() == ["gamma"]


def test_the_days_number_is_kept_and_the_rest_start_by_what_is_at_stake():
    rows = [account(f"a{n}") for n in range(5)]
    for number, row in enumerate(rows):
        pays(row, 100 * number)
    play(trigger=BECOMES, limits={"day": 2, "patience": 1})
    look()
    with clock.at(day(1)):
        for row in rows:
            climbs(row, "client")
        look()
        assert runs(state="active") == ["a3", "a4"]
        look()
        assert counts() == {"met": 5, "started": 2, "day_full": 3}
    with clock.at(day(2)):
        look()
        assert runs(state="active") == ["a1", "a2", "a3", "a4"]
    with clock.at(day(3)):
        look()
    assert runs(state="expired") == ["a0"]
    assert counts() == {"met": 5, "started": 4, "day_full": 4, "expired": 1}
    assert Run.objects.get(state="expired").ended_why == PATIENCE


def test_of_two_plays_the_one_with_the_higher_priority_goes_first_and_the_other_waits():
    acme = account("acme")
    play("low", BECOMES, priority=20)
    play("high", BECOMES, priority=80)
    look()
    for number in (1, 7, 8):
        with clock.at(day(number)):
            if number == 1:
                climbs(acme, "client")
            look()
            begun = Run.objects.exclude(state="queued").order_by("play__key")
            started = list(begun.values_list("play__key", flat=True))
            assert started == (["high"] if number < 8 else ["high", "low"])
    assert counts("low") == {"met": 1, "other_play": 2, "started": 1}


def test_a_higher_priority_does_not_wait_for_what_started_before():
    acme = account("acme")
    play("low", BECOMES, priority=20)
    play("high", {"on": "answer", "survey": "nps", "lowest": 0, "highest": 6}, priority=80)
    look()
    from tenure.plays.tests.arriving import answers

    with clock.at(day(1)):
        climbs(acme, "client")
        look()
    with clock.at(day(2)):
        answers(acme, 3)
        look()
    assert Run.objects.filter(state="active").count() == 2


def test_plays_a_month_apart_before_a_renewal_all_come():
    acme = account("acme")
    pays(acme, 100, renews_in=121)
    for days in (120, 90, 60, 30):
        play(f"renewal-{days}", {"on": "date", "field": "contract.renews_at", "days": -days})
    for number in range(0, 100, 5):
        with clock.at(day(number)):
            look()
    started = Run.objects.order_by("started_at").values_list("play__key", "started_at")
    assert [key for key, _at in started] == [f"renewal-{days}" for days in (120, 90, 60, 30)]


def test_what_may_not_start_by_itself_waits_for_a_person():
    acme = account("acme")
    play(trigger=BECOMES, automatic=False, limits={"patience": 3})
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        look()
    assert runs(state="queued") == ["acme"]
    with clock.at(day(5)):
        look()
    assert (runs(state="expired"), counts()) == (["acme"], {"met": 1, "expired": 1})


def test_a_person_starts_what_waits_for_one():
    acme = account("acme")
    lead = user_create(actor=None, email="lead@x.example", role=Role.LEADER, name="Lead")
    play(trigger=BECOMES, automatic=False)
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        look()
    with clock.at(day(2)):
        asked = {"hours": 2, "kind": "manual"}
        run = run_start_by_hand(actor=lead, key="first", account=acme, because=asked)
        look()
    assert run.because["hours"] == 2
    assert (run.because["kind"], run.started_by, run.held_out) == ("level", lead, None)
    assert runs(state="active") == ["acme"]
    assert counts() == {"met": 1, "started": 1}


def test_a_play_that_a_step_asks_for_is_counted_and_not_held_back_by_the_one_that_asked():
    acme = account("acme")
    play("second", {"on": "manual"})
    play("first", BECOMES, steps=[{"play": {"start": "second"}}])
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        look()
        advance()
        look()
    assert runs(play__key="second", state="active") == ["acme"]
    assert counts("second") == {"met": 1, "started": 1}


def test_a_queued_run_waits_while_its_audience_does_not_hold_and_starts_the_running_version():
    acme, beta = account("acme", "DE"), account("beta", "DE")
    pays(acme, 10)
    pays(beta, 20)
    play(trigger=BECOMES, audience=GERMAN, limits={"day": 1})
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        climbs(beta, "client")
        look()
        moves(acme, "FR")
    with clock.at(day(2)):
        look()
        assert runs(state="active") == ["beta"]
        moves(acme, "DE")
        play(trigger=BECOMES, audience=GERMAN, version=2)
    with clock.at(day(3)):
        look()
    assert runs(version=2, state="active") == ["acme"]


def test_a_play_switched_off_lets_its_queue_go_and_begins_anew():
    acme, beta = account("acme"), account("beta")
    row = play(limits={"day": 1})
    look()
    with clock.at(day(1)):
        moves(acme, "DE")
        moves(beta, "DE")
        look()
        Play.objects.update(running=None)
    with clock.at(day(2)):
        look()
        assert (len(runs(state="active")), len(runs(state="expired"))) == (1, 1)
        assert not Met.objects.exists()
        row.refresh_from_db()
        row.running, row.switched_at = 1, day(2)
        row.save()
        look()
    assert (len(runs()), counts()["met"]) == (2, 2)


def _arrive(rows, number):
    with clock.at(day(number)):
        for row in rows:
            climbs(row, "client")
        look()


def test_one_in_four_is_held_out_for_good_with_what_was_known_of_it():
    run, rows = model(), [account(f"a{n:02}") for n in range(40)]
    for number, row in enumerate(rows):
        pays(row, 100 + number)
        predicted(run, row, 0.01 + 0.02 * number)
    play(trigger=BECOMES, hold_out=0.25)
    look()
    _arrive(rows, 1)
    held = Run.objects.filter(state="held_out")
    assert 6 <= held.count() <= 14
    assert counts() == {"met": 40, "started": 40 - held.count(), "held_out": held.count()}
    assert set(Run.objects.values_list("propensity", flat=True)) == {0.75}
    assert not held.filter(wake_at__isnull=False).exists()
    one = Run.objects.get(account=rows[10])
    assert one.known["risk_12"] == pytest.approx(0.21)
    assert one.known["mrr"] == 110
    assert set(one.known) == set(KNOWN) == set(FIELDS)
    strata = set(Run.objects.values_list("stratum", flat=True))
    assert strata == {"r0v0", "r1v1", "r2v2"}  # both rise with the number
    cuts = PlayStrata.objects.get()
    assert (len(cuts.risk), len(cuts.value)) == (2, 2)


def test_who_had_an_arm_keeps_it_and_takes_no_new_slot():
    rows = [account(f"a{n:02}") for n in range(8)]
    play(trigger=BECOMES, hold_out=0.5, limits={"again": 10})
    look()
    _arrive(rows, 1)
    first = dict(Run.objects.values_list("account_id", "held_out"))
    Run.objects.update(state="done")
    _arrive(rows, 20)
    assert Run.objects.filter(slot__isnull=True).count() == len(rows)
    for run in Run.objects.filter(slot__isnull=True):
        assert (run.held_out, run.propensity) == (first[run.account_id], 0.5)


def test_a_parent_and_its_children_are_in_one_arm():
    tops = [account(f"top{n}") for n in range(6)]
    rows = [account(f"sub{n}", parent=top) for n, top in enumerate(tops)]
    rows += [account(f"low{n}", parent=row) for n, row in enumerate(list(rows))]
    play(trigger=BECOMES, hold_out=0.5)
    look()
    _arrive(rows[:6], 1)
    _arrive(rows[6:] + tops, 3)
    for number in range(6):
        names = [f"top{number}", f"sub{number}", f"low{number}"]
        arms = Run.objects.filter(account__external_id__in=names)
        assert len(set(arms.values_list("held_out", "stratum"))) == 1
        assert arms.filter(slot__isnull=False).count() == 1


def test_a_person_may_start_what_is_held_back_and_that_does_not_count_for_others():
    acme = account("acme")
    ann = user_create(actor=None, email="ann@x.example", role=Role.CSM, name="Ann")
    row = play("hand", {"on": "manual"})
    Run.objects.create(
        play=row, version=1, account=acme, state="active", met_at=START, started_at=START,
        started_by=ann,
    )  # fmt: skip
    play("own", BECOMES)
    look()
    _arrive([acme], 1)
    assert runs(play__key="own", state="active") == ["acme"]


def test_nothing_is_told_twice_when_looks_come_often_or_after_a_standstill():
    acme, beta = account("acme"), account("beta")
    play(trigger=BECOMES, limits={"again": 0})
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        climbs(beta, "client", days_late=30)  # a load of history
        look()
        look()
    with clock.at(day(1) + timedelta(hours=20)):
        look()
    with clock.at(day(6)):
        look()
    assert counts() == {"met": 1, "started": 1}
    with clock.at(day(8)):
        climbs(beta, "client")
    with clock.at(day(13)):
        climbs(acme, "client")
    with clock.at(day(16)):  # the change of eight days ago is past catching up
        look()
    assert counts()["met"] == 2
    assert PlayCount.objects.filter(what="met", day=day(16).date()).count() == 1


def test_counts_tell_of_a_rule_that_comes_and_goes():
    acme, beta = account("acme"), account("beta")
    row, other = play(limits={"again": 90}), play("other", BECOMES)
    look()
    with clock.at(day(1)):
        climbs(beta, "client")
        look()
    for toggle in range(60):
        with clock.at(day(2) + timedelta(hours=toggle + 1)):
            moves(acme, "FR" if toggle % 2 else "DE")
            plays_refresh(Refresh(clock.today()))
    with clock.at(day(6)):
        found = counts_of([row, other])
        assert (found[row.pk].met, found[row.pk].started, found[row.pk].turned_away) == (30, 1, 29)
        assert (found[row.pk].flaps, found[other.pk].flaps) == (True, False)
        days = counts_by_day(row, days=7)
        assert len(days) == 7
        assert sum(one.met for one in days) == 30
        assert days[-1].day == day(6).date()
        assert queued_of([row, other]) == {}
    with clock.at(day(60)):
        assert counts_of([row])[row.pk].met == 0


class Interrupted(Exception):
    """The process ended here."""


def test_a_stage_that_is_interrupted_anywhere_loses_and_doubles_nothing():
    acme, beta = account("acme"), account("beta")
    first, _second = play(trigger=BECOMES, hold_out=0.5), play("second", limits={"day": 1})
    look()
    with clock.at(day(1)):
        climbs(acme, "client")
        moves(beta, "DE")
        with suppress(Interrupted), transaction.atomic():
            look()
            raise Interrupted
        assert (runs(), counts(), counts("second")) == ([], {}, {})
        definition = definition_of("first", 1)
        facts = facts_for([definition], clock.today())
        play_look(first, definition, facts, clock.now(), frozenset())
    assert (runs(state="queued"), counts()) == (["acme"], {"met": 1})
    with clock.at(day(1) + timedelta(minutes=5)):
        look()
        look()
    assert runs() == ["acme", "beta"]
    assert (counts()["met"], counts("second")) == (1, {"met": 1, "started": 1})
