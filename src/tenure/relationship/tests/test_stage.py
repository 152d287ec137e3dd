"""Weekly evaluations: backfill, levels by weeks, as-of truth."""

from datetime import date, timedelta

import pytest

from tenure.accounts.models import Account, Membership, Person
from tenure.health.tests.world import (
    TODAY,
    account,
    mondays,
    panel,
    period,
    refresh,
    steady,
    when,
)
from tenure.relationship import selectors
from tenure.relationship.models import Evaluation, LevelChange, Standing
from tenure.timeline.models import Advocacy, Outcome, SurveyAnswer, Touchpoint

pytestmark = pytest.mark.django_db

BUSY = {"active_weeks_share_26": 0.9, "active_people_28d": 6.0}
QUIET = {"active_weeks_share_26": 0.2, "active_people_28d": 1.0}


def crowd(n=20, started="2023-06-01"):
    """Customers who never leave, so that the outlook of everybody is good."""
    owners = [account(f"crowd-{i}", since=started) for i in range(n)]
    for owner in owners:
        period(owner, started=started)
    return owners


def outcome(owner, on):
    return Outcome.objects.create(
        external_id=f"o-{owner.pk}-{on}",
        account=owner,
        title="Halve the time to quote",
        confirmed_at=when(on),
        recorded_at=when(on),
    )


def client(name="acme", started="2024-01-01"):
    """An account that meets every clause of a client from its first renewal on."""
    owner = account(name, since=started)
    period(owner, started=started)
    for on in ("2024-06-01", "2025-01-10"):
        outcome(owner, on)
    return owner


def levels(owner):
    return {row.as_of: row.level for row in selectors.evaluations_of(owner)}


def changes(owner):
    return list(
        LevelChange.objects.filter(account=owner)
        .order_by("as_of")
        .values_list("as_of", "old", "new")
    )


def test_a_customer_becomes_a_client_two_weeks_after_its_first_renewal():
    crowd()
    acme = client()
    panel(steady([acme], **BUSY))
    refresh("relationship")
    # The renewal was on 1 January 2025; the weeks to the 5th and the 12th both say yes.
    assert changes(acme) == [
        (date(2024, 1, 7), "", "customer"),
        (date(2025, 1, 12), "customer", "client"),
    ]
    standing = Standing.objects.get(account=acme)
    assert (standing.level, standing.since) == ("client", date(2025, 1, 12))
    assert standing.outlook > 0.9
    assert standing.as_of == TODAY.date()


@pytest.mark.once
def test_a_client_slips_for_seven_weeks_and_is_a_customer_in_the_eighth():
    crowd()
    acme = client()
    values = steady([acme], **BUSY)
    values |= {(acme, monday): QUIET for monday in mondays("2025-05-05", "2025-07-14")}
    panel(values)
    refresh("relationship")
    by_day = {e.as_of: e for e in selectors.evaluations_of(acme)}
    assert by_day[date(2025, 5, 11)].slipping
    assert by_day[date(2025, 6, 22)].level == "client"
    assert by_day[date(2025, 6, 29)].level == "customer"
    assert not by_day[date(2025, 6, 29)].slipping
    assert by_day[TODAY.date()].missing_clause == "C2"
    assert [row.account for row in selectors.one_clause_away(Account.objects.all(), "C2")] == [acme]


@pytest.mark.once
def test_the_running_week_promotes_nobody():
    crowd()
    acme = client()
    values = steady([acme], **QUIET)
    values |= {(acme, monday): BUSY for monday in mondays("2025-07-07", "2025-07-14")}
    panel(values)
    refresh("relationship")
    running = selectors.standing_of(acme)
    assert (running.qualifies_as, running.level) == ("client", "customer")
    refresh("relationship", at=TODAY + timedelta(days=7))
    assert selectors.standing_of(acme, date(2025, 7, 20)).level == "client"


def test_weeks_in_several_refreshes_climb_as_in_one():
    crowd()
    acme = client()
    values = steady([acme], last="2025-08-25", **BUSY)
    values |= {(acme, monday): QUIET for monday in mondays("2025-06-02", "2025-08-25")}
    panel(values, at=TODAY - timedelta(days=1))
    for week in range(5):
        refresh("relationship", at=TODAY + timedelta(days=7 * week))
    sundays = {d: level for d, level in levels(acme).items() if d.weekday() == 6}
    Evaluation.objects.all().delete()
    refresh("relationship", at=TODAY + timedelta(days=28), since=date(2023, 1, 1))
    again = {d: level for d, level in levels(acme).items() if d.weekday() == 6}
    assert sundays == again
    assert "client" in again.values()


def test_an_unchanged_refresh_appends_nothing():
    crowd(3)
    panel(steady([client()], **BUSY))
    refresh("relationship")
    rows = Evaluation.objects.count(), LevelChange.objects.count()
    refresh("relationship")
    refresh("relationship", at=TODAY + timedelta(days=1))
    assert (Evaluation.objects.count(), LevelChange.objects.count()) == rows


@pytest.mark.once
def test_a_fact_recorded_later_does_not_change_what_was_known():
    crowd()
    acme = client()
    panel(steady([acme], **BUSY), at=TODAY - timedelta(days=1))
    refresh("relationship")
    told_late = when("2025-05-01")
    Advocacy.objects.create(
        external_id="r1",
        account=acme,
        kind="reference",
        occurred_at=when("2025-02-01"),
        recorded_at=told_late,
    )
    refresh("relationship", at=TODAY + timedelta(days=1), since=date(2024, 1, 1))
    by_day = {e.as_of: e for e in selectors.evaluations_of(acme)}
    assert by_day[date(2025, 4, 27)].clauses["A1"][0] == "no"
    assert by_day[date(2025, 5, 4)].clauses["A1"] == ["yes", {"days": 92}]
    assert by_day[date(2025, 5, 11)].level == "advocate"
    assert selectors.standing_of(acme, date(2025, 5, 11)).level == "client"


@pytest.mark.once
def test_never_paid_is_a_prospect_and_no_longer_paying_a_former_customer():
    crowd(3)
    lead, trial, gone = account("lead"), account("trial"), account("gone")
    period(trial, started="2025-06-01", is_trial=True, mrr=0)
    period(gone, started="2024-02-01", ended="2025-02-01")
    panel(steady([gone], **BUSY))
    refresh("relationship")
    assert selectors.standing_of(lead).level == "prospect"
    assert selectors.standing_of(trial).level == "prospect"
    assert [c[1:] for c in changes(gone)] == [
        ("", "prospect"),
        ("prospect", "customer"),
        ("customer", "former"),
    ]
    assert selectors.standing_of(gone).clauses == {}


@pytest.mark.once
def test_two_way_contact_counts_only_once_touchpoints_are_collected():
    crowd()
    acme = client()
    panel(steady([acme], **BUSY))
    other = Account.objects.get(external_id="crowd-1")
    Touchpoint.objects.create(
        external_id="t1",
        account=other,
        kind="call",
        direction="both",
        occurred_at=when("2025-03-03"),
        recorded_at=when("2025-03-03"),
    )
    refresh("relationship")
    by_day = {e.as_of: e.clauses["C2"] for e in selectors.evaluations_of(acme)}
    assert by_day[date(2025, 3, 2)][0] == "yes"
    assert by_day[date(2025, 3, 9)] == [
        "no",
        {"active_share": 0.9, "touch_days": None, "touch_collected": True},
    ]


@pytest.mark.once
def test_an_answered_survey_is_two_way_contact_and_attitude_is_ranked():
    owners = crowd(12)[:6]
    for i, owner in enumerate(owners):
        person = Person.objects.create(external_id=f"p{i}", recorded_at=when("2020-01-01"))
        Membership.objects.create(person=person, account=owner, recorded_at=when("2020-01-01"))
        SurveyAnswer.objects.create(
            external_id=f"a{i}",
            person=person,
            kind="nps",
            score=i,
            answered_at=when("2025-07-01"),
            recorded_at=when("2025-07-01"),
        )
    panel(steady(owners, **BUSY))
    refresh("relationship")
    answers = [selectors.standing_of(owner).clauses["C5"] for owner in owners]
    assert [a[0] for a in answers] == ["no", "no", "yes", "yes", "yes", "yes"]
    assert answers[3][1] == {"share": 0.6, "answers": 1}
    assert Standing.objects.get(account=owners[0]).locked_in
    assert not Standing.objects.get(account=owners[5]).locked_in


def test_notice_given_ends_the_outlook():
    crowd()
    acme = account()
    period(acme, started="2024-01-01", cancel_notified_at=when("2025-07-01"))
    panel(steady([acme], **BUSY))
    refresh("relationship")
    outlooks = {e.as_of: e.clauses["C6"][1] for e in selectors.evaluations_of(acme)}
    assert outlooks[date(2025, 6, 29)]["chance"] > 0.9
    assert outlooks[date(2025, 7, 6)]["chance"] == 0
    assert outlooks[date(2025, 7, 6)]["notice"] is True
