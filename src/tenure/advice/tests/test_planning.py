"""The plan of a week: hours are kept, sums agree, and everything told of it can be recomputed."""

from collections import Counter
from datetime import timedelta

import pytest

from tenure.advice.definitions import advice_save, parse, shipped
from tenure.advice.models import State, Suggestion, SuggestionChange, WeekPlan
from tenure.advice.services import suggestion_dismiss, suggestion_snooze, week_plan
from tenure.advice.stage import advice_refresh
from tenure.advice.tests.world import MONDAY, NOW, at_stake, person, planned, play
from tenure.contracts.models import Cost
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, NotAllowed
from tenure.core.pipeline import Refresh
from tenure.core.roles import Role
from tenure.plays.models import DoNotDisturb, Play, Run, Task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.fixture
def ann():
    return person("ann", hours=8)


def reasons(row):
    return {one["reason"]: one["accounts"] for one in row.left}


def test_hours_are_never_exceeded_and_the_sums_agree(ann):
    ben = person("ben", hours=6)
    for number in range(12):
        at_stake(f"A{number}", owner=(ann, ben)[number % 2], mrr=500 + 100 * number)
    at_stake("Nobody's", mrr=4000)
    play("check-in", hours=1.5)
    play("workshop", hours=2.5, prior={"mean": 0.09, "sd": 0.05, "source": "a study"})
    row, made = planned()
    hours = Counter()
    for one in made.values():
        hours[one.person_id] += one.hours
    assert hours[ann.pk] <= 4
    assert hours[ben.pk] <= 3
    assert {load["person"]: load["used"] for load in row.loads} == dict(hours)
    assert all(load["used"] <= load["free"] + 1e-9 for load in row.loads)
    assert sum(one.value for one in made.values()) == pytest.approx(row.value)
    assert row.value <= row.bound + 1e-6
    assert row.gap == pytest.approx(1 - row.value / row.bound)
    assert len(made) == Suggestion.objects.count()  # one play per account
    assert made["Nobody's"].pooled


def test_a_value_is_effect_times_a_year_of_margin_less_hours_at_their_rate(ann):
    at_stake("Low", owner=ann, risk=0.1)
    at_stake("High", owner=ann, risk=0.3)
    play("check-in", hours=1.0)
    row, made = planned()
    high = made["High"]
    # The prior says 5 points on average; the risk of the audience is 20 % on average.
    assert high.effect == pytest.approx(0.05 * 0.3 / 0.2)
    assert high.stake == pytest.approx(0.75 * 1000 * 12)
    assert high.value == pytest.approx(high.effect * high.stake - 60)
    assert high.low < high.value < high.high
    assert high.at_stake == pytest.approx(0.3 * 9000)
    assert (high.assumed, high.source) == (True, "our own judgement")
    assert row.inputs["rate"] == 60
    assert row.inputs["rate_source"] == "usual"
    assert [driver["name"] for driver in high.why["drivers"]] == ["use", "support"]


def test_an_hour_costs_what_keeping_accounts_cost_the_team(ann):
    at_stake("Acme", owner=ann)
    play("check-in", hours=1.0)
    for month in (1, 2):
        day = NOW.date().replace(month=month, day=1)
        Cost.objects.create(month=day, retention=800, recorded_at=NOW)
    row, _made = planned()
    assert row.inputs["rate"] == pytest.approx(800 / (8 * 365.25 / 12 / 7))
    assert (row.inputs["rate_source"], row.inputs["rate_months"]) == ("costs", 2)
    advice_save(actor=None, body={"rate": 25})
    assert planned()[0].inputs["rate_source"] == "stated"


def test_open_tasks_of_the_week_take_hours_from_the_plan(ann):
    at_stake("Acme", owner=ann)
    play("check-in", hours=2.0)
    task = {"account": at_stake("Other", owner=ann), "created_at": NOW, "owner": ann}
    Task.objects.create(title="A", due_on=MONDAY, hours=5, **task)
    Task.objects.create(title="B", due_on=MONDAY + timedelta(days=6), **task)  # half an hour
    Task.objects.create(title="Later", due_on=MONDAY + timedelta(days=7), hours=9, **task)
    row, made = planned()
    assert row.loads[0]["tasks"] == 5.5
    assert row.loads[0]["free"] == 2.5
    assert len(made) == 1
    assert made.popitem()[1].passed[0]["value"] > 0  # the other one stood back


def test_languages_skills_and_do_not_disturb_are_kept(ann):
    ben = person("ben", hours=8, languages=["de"], skills=["Training"])
    at_stake("Pooled German", language="de-AT")
    at_stake("Owned French", owner=ben, language="fr")
    trained = at_stake("Trained", owner=ann, mrr=9000)
    DoNotDisturb.objects.create(
        account_id=at_stake("Left in peace", owner=ann).pk, since=NOW, recorded_at=NOW
    )
    play("check-in", hours=1.0)
    play("training", hours=1.0, skills=["training"], prior={"mean": 0.2, "sd": 0.1, "source": "x"})
    row, made = planned()
    assert "Owned French" not in made
    assert "Left in peace" not in made
    assert made["Pooled German"].play == "training"
    assert made["Pooled German"].person == ben
    assert Suggestion.objects.get(account=trained).play == "check-in"  # Ann cannot train
    assert reasons(row) == {"do_not_disturb": 1, "language": 1}


def test_who_has_it_or_had_it_lately_or_is_held_out_is_left_alone(ann):
    names = ("Open", "Lately", "Long ago", "Held out", "Free")
    accounts = {name: at_stake(name, owner=ann) for name in names}
    play("check-in", hours=0.5, automatic=True, limits={"again": 30})
    row = Play.objects.get()

    def ran(name, days, state, **values):
        met = NOW - timedelta(days=days)
        Run.objects.create(
            play=row, version=1, account=accounts[name], met_at=met, state=state, **values
        )

    ran("Open", 200, Run.State.ACTIVE)
    ran("Lately", 20, Run.State.DONE)
    ran("Long ago", 40, Run.State.DONE)
    ran("Held out", 100, Run.State.HELD_OUT, held_out=True)
    plan_row, made = planned()
    assert set(made) == {"Long ago", "Free"}
    assert plan_row.inputs["plays"] == {"check-in": 1}


def test_what_was_dismissed_is_not_suggested_again_for_as_long_as_the_reason_says(ann):
    at_stake("Acme", owner=ann)
    play("check-in")
    _row, made = planned()
    suggestion_dismiss(actor=ann, suggestion=made["Acme"], reason="timing", words="Busy")
    assert planned()[1] == {}
    with clock.at(NOW + timedelta(days=7)):
        assert not planned()[1]
    body = {"dismissed": {"timing": 5}}
    advice_save(actor=None, body=body)
    with clock.at(NOW + timedelta(days=7)):
        assert set(planned()[1]) == {"Acme"}


def test_planning_anew_replaces_what_was_only_proposed(ann):
    at_stake("Acme", owner=ann, mrr=2000)
    at_stake("Other", owner=ann)
    play("check-in", hours=1.0)
    _row, first = planned()
    suggestion_snooze(actor=ann, suggestion=first["Other"], until=MONDAY + timedelta(days=4))
    _row, second = planned()
    assert set(second) == {"Acme"}
    first["Acme"].refresh_from_db()
    assert first["Acme"].state == State.EXPIRED
    told = SuggestionChange.objects.filter(suggestion=first["Acme"]).values_list("what", flat=True)
    assert list(told.order_by("pk")) == ["made", "expired"]
    assert Suggestion.objects.get(account__name="Other").state == State.SNOOZED


def test_a_new_week_lets_go_of_the_old_one(ann):
    at_stake("Acme", owner=ann)
    play("check-in")
    _row, made = planned()
    suggestion_snooze(actor=ann, suggestion=made["Acme"], until=MONDAY + timedelta(days=2 + 1))
    with clock.at(NOW + timedelta(days=7)):
        assert set(planned()[1]) == {"Acme"}
    made["Acme"].refresh_from_db()
    assert made["Acme"].state == State.EXPIRED


def test_the_stage_plans_once_a_week_and_when_something_calls_for_it(ann):
    at_stake("Acme", owner=ann)
    assert advice_refresh(Refresh(clock.today())) == {"planned": False, "plays": 0}
    play("check-in")
    assert advice_refresh(Refresh(clock.today()))["why"] == "week"
    assert advice_refresh(Refresh(clock.today())) == {"planned": False}
    with clock.at(NOW + timedelta(days=1)):
        at_stake("New", owner=ann, recorded=clock.now())
        assert advice_refresh(Refresh(clock.today()))["why"] == "accounts"
    with clock.at(NOW + timedelta(days=2)):
        play("workshop")
        assert advice_refresh(Refresh(clock.today()))["why"] == "plays"
    with clock.at(NOW + timedelta(days=5)):  # the next Monday
        assert advice_refresh(Refresh(clock.today()))["why"] == "week"
    assert WeekPlan.objects.count() == 4


def test_a_play_of_the_library_is_suggested_once_a_leader_says_so(ann):
    at_stake("Acme", owner=ann)
    play("check-in", on=False)
    assert planned() == (None, {})
    advice_save(actor=None, body={"suggest": ["check-in", "gone"]})
    assert set(planned()[1]) == {"Acme"}


def test_a_play_of_which_nobody_says_what_it_does_is_told_and_not_suggested(ann):
    at_stake("Acme", owner=ann)
    play("check-in", prior=None)
    row, made = planned()
    assert made == {}
    assert reasons(row) == {"no_effect": 1}
    assert row.effects[0]["mean"] is None


def test_accounts_without_forecast_or_money_are_counted(ann):
    at_stake("Acme", owner=ann)
    unforeseen = at_stake("Unforeseen", owner=ann)
    unforeseen.predictions.all().delete()
    at_stake("Unpriced", owner=ann).predictions.update(mrr=None)
    play("check-in")
    assert reasons(planned()[0]) == {"no_forecast": 1, "no_money": 1}


def test_the_experiment_that_teaches_most_is_named(ann):
    for number in range(80):
        at_stake(f"A{number}", owner=ann, risk=0.3)
    unsure = {"mean": 0.01, "sd": 0.15, "source": "a guess"}
    play("check-in", prior=unsure, hours=1.0)
    play("sure", prior={"mean": 0.05, "sd": 0.001, "source": "a study"}, hours=1.0)
    row, _made = planned()
    assert [one["play"] for one in row.teaches] == ["check-in"]
    assert row.teaches[0]["held_out"] == 8
    assert row.teaches[0]["worth"] > 0


def test_moments_decide_whom_a_play_fits(ann):
    at_stake("Renews", owner=ann).contract.__class__.objects.filter(account__name="Renews").update(
        renews_at=NOW + timedelta(days=88)
    )
    at_stake("Later", owner=ann).contract.__class__.objects.filter(account__name="Later").update(
        renews_at=NOW + timedelta(days=150)
    )
    at_stake("Risky", owner=ann, risk=0.6)
    play("renewal", hours=0.5, trigger={"on": "date", "field": "contract.renews_at", "days": -90})
    play("risky", hours=0.5, trigger={"on": "risk", "months": 12, "above": 0.5})
    play("left", hours=0.5, trigger={"on": "leaves"}, audience={"all": [
        {"field": "account.name", "op": "contains", "value": "a"}]})  # fmt: skip
    _row, made = planned()
    assert {name: one.play for name, one in made.items()} == {"Renews": "renewal", "Risky": "risky"}


def test_only_who_plans_the_team_plans_anew(ann):
    leader, viewer = person("leader", Role.LEADER), person("viewer", Role.VIEWER)
    for actor in (ann, viewer):
        with pytest.raises(NotAllowed):
            week_plan(actor=actor)
    at_stake("Acme", owner=ann)
    play("check-in")
    assert planned(actor=leader)[0].made_by == leader


def test_a_definition_names_every_fault():
    body = {"hours_share": 2, "rate": "much", "suggest": "all", "dismissed": {"x": 1}, "more": 1}
    with pytest.raises(InvalidDefinition) as told:
        parse(body)
    assert len(told.value.problems) == 5
    assert parse(shipped()["default"]).rate is None
