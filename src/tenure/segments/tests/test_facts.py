"""Each kind of field against rows written by hand, now and as known on a past day."""

from datetime import date, timedelta

import pytest

from tenure.accounts.models import AttributeChange, Membership, OwnerAssignment, Person
from tenure.contracts.models import Invoice
from tenure.core.services import currency_rate_set
from tenure.health.tests.world import refresh
from tenure.relationship.models import LevelChange
from tenure.segments.tests.world import (
    TODAY,
    account,
    belongs,
    days_ago,
    evaluation,
    one,
    panel,
    period,
    plan,
    score,
    snapshot,
    undecided,
    when,
)
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint
from tenure.web.tests.foresight import prediction_of, run_make

SPRING = date(2025, 4, 1)


@pytest.fixture
def acme():
    return account(
        "acme", country="NL", industry="", employees=40, custom={"region": "north", "score": 7}
    )


@pytest.fixture
def birch():
    return account("birch", country="DE", custom={"score": "seven", "beta": True})


def test_attributes_and_own_fields(acme, birch):
    assert belongs(one("account.country", "one_of", ["NL"])) == {"acme"}
    assert belongs(one("account.country", "none_of", ["NL"])) == {"birch"}
    assert belongs(one("account.industry", "unknown")) == {"acme", "birch"}
    assert belongs(one("account.employees", "at_least", 40)) == {"acme"}
    assert belongs(one("account.name", "contains", "irc")) == {"birch"}
    assert belongs(one("account.created_at", "before", "2024-01-02")) == {"acme", "birch"}
    assert belongs(one("custom.region", "is", "North")) == {"acme"}
    assert belongs(one("custom.beta", "yes")) == {"birch"}


def test_an_own_field_of_another_kind_is_not_known_rather_than_an_error(acme, birch):
    assert belongs(one("custom.score", "above", 6)) == {"acme"}
    assert undecided(one("custom.score", "above", 6)) == {"birch"}
    assert belongs(one("custom.score", "in_last", 6)) == set()


def test_attributes_are_those_known_on_a_past_day(acme):
    AttributeChange.objects.create(
        account=acme, field="country", old="BE", new="NL", recorded_at=when("2025-05-01")
    )
    AttributeChange.objects.create(
        account=acme, field="custom.region", old=None, new="north", recorded_at=when("2025-05-01")
    )
    assert belongs(one("account.country", "one_of", ["BE"]), on=SPRING) == {"acme"}
    assert belongs(one("custom.region", "unknown"), on=SPRING) == {"acme"}
    assert belongs(one("account.country", "one_of", ["NL"])) == {"acme"}


def test_an_account_not_yet_known_on_a_past_day_is_no_member(acme):
    account("late", since="2025-06-01")
    assert belongs(one("account.name", "known"), on=SPRING) == {"acme"}


def test_owners_now_and_then(acme, birch, users):
    turn = "2025-05-01"
    for owner, since, until in (("csm", "2024-01-01", turn), ("leader", turn, None)):
        OwnerAssignment.objects.create(
            account=acme, owner=users[owner], since=when(since),
            until=when(until) if until else None, recorded_at=when(since),
        )  # fmt: skip
    assert belongs(one("account.owner", "one_of", ["leader@example.com"])) == {"acme"}
    assert belongs(one("account.owner", "one_of", ["csm@example.com"]), on=SPRING) == {"acme"}
    assert belongs(one("account.owner", "unknown")) == {"birch"}


CONTRACT = [
    (one("contract.mrr", "between", [100, 150]), {"acme"}),
    (one("contract.plan", "one_of", ["pro"]), {"acme"}),
    (one("contract.tier", "equals", 2), {"acme"}),
    (one("contract.lifecycle", "one_of", ["paying"]), {"acme"}),
    (one("contract.lifecycle", "one_of", ["trial"]), {"birch"}),
    (one("contract.lifecycle", "one_of", ["prospect"]), {"cedar"}),
    (one("contract.currency", "one_of", ["EUR"]), {"acme"}),
    (one("contract.currency", "one_of", ["USD"]), {"birch"}),
    (one("contract.seats", "at_least", 10), {"acme", "birch"}),
    (one("contract.term_months", "at_most", 12), {"acme"}),
    (one("contract.interval", "one_of", ["year"]), {"acme", "birch"}),
    (one("contract.renews_at", "in_next", 200), {"acme"}),
    (one("contract.renews_at", "beyond_next", 100), {"acme"}),
    (one("contract.auto_renew", "no"), {"acme"}),
    (one("contract.notice", "yes"), {"acme"}),
    (one("contract.paying_since", "before_last", 300), {"acme"}),
    (one("contract.paid_months", "equals", 18), {"acme"}),
    (one("contract.renewals_completed", "equals", 1), {"acme"}),
    (one("contract.ended_at", "unknown"), {"acme", "birch", "cedar"}),
]


@pytest.mark.parametrize(("condition", "expected"), CONTRACT)
def test_contracts_now(acme, birch, condition, expected):
    _contracts(acme, birch)
    refresh("contracts")
    assert belongs(condition) == expected


def _contracts(acme, birch):
    currency_rate_set(actor=None, currency="USD", day=date(2020, 1, 1), rate=1)
    account("cedar")
    period(
        acme, plan=plan("pro", 2), term_months=12, auto_renew=False,
        renews_at=when("2026-01-01"), cancel_notified_at=when("2025-06-01"),
    )  # fmt: skip
    period(birch, plan=plan("try", 1), currency="USD", is_trial=True, mrr=0)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [row for row in CONTRACT if row[0]["field"] != "contract.notice"],
)
def test_contracts_on_a_past_day_say_the_same_while_nothing_changed(
    acme, birch, condition, expected
):
    _contracts(acme, birch)
    assert belongs(condition, on=TODAY.date() - timedelta(days=1)) == expected


def test_contracts_are_those_known_then(acme):
    period(acme, cancel_notified_at=when("2025-06-01"), mrr=100)
    assert belongs(one("contract.notice", "no"), on=SPRING) == {"acme"}
    assert belongs(one("contract.paid_months", "equals", 15), on=SPRING) == {"acme"}


def test_a_change_of_any_number_is_between_what_was_known_then_and_now(acme):
    period(acme, started="2024-01-01", mrr=100)
    period(acme, started="2025-07-01", mrr=150)
    refresh("contracts")
    assert belongs(one("contract.mrr", "rose_percent", 50, weeks=4)) == {"acme"}
    assert belongs(one("contract.mrr", "rose", 50, weeks=1)) == set()


def test_health_now_and_its_fall(acme, birch):
    score(acme, 75, days=28)
    score(acme, 64)
    score(birch, 64)
    assert belongs(one("health.score", "fell", 10)) == {"acme"}
    assert belongs(one("health.score", "fell", 12, weeks=4)) == set()
    assert undecided(one("health.score", "fell", 10)) == {"birch"}
    assert belongs(one("health.band", "one_of", ["fair"])) == {"acme", "birch"}
    assert belongs(one("health.band", "one_of", ["good"]), on=days_ago(28).date()) == {"acme"}


def test_a_score_computed_again_later_does_not_change_what_was_known(acme):
    score(acme, 80, days=28)
    score(acme, 20, days=28, computed=days_ago(1))
    assert belongs(one("health.score", "above", 70), on=days_ago(20).date()) == {"acme"}


def test_the_score_of_an_account_that_is_scored_no_more_is_not_known(acme):
    score(acme, 80, days=40)
    assert belongs(one("health.score", "unknown"), on=days_ago(20).date()) == {"acme"}


LEVELS = [
    (one("level.level", "one_of", ["client"]), {"birch"}),
    (one("level.since", "before_last", 90), {"acme", "birch"}),
    (one("level.slipping", "yes"), {"birch"}),
    (one("level.locked_in", "no"), {"acme", "birch"}),
    (one("level.one_away", "yes"), {"acme"}),
    (one("level.missing", "one_of", ["C2"]), {"acme"}),
    (one("level.C1", "one_of", ["yes"]), {"acme"}),
    (one("level.C2", "one_of", ["no"]), {"acme"}),
    (one("level.C3", "unknown"), {"acme", "birch"}),
]


@pytest.mark.parametrize("days", [0, 7])
@pytest.mark.parametrize(("condition", "expected"), LEVELS)
def test_levels_flags_and_clauses(acme, birch, condition, expected, days):
    evaluation(acme, days=days, missing_clause="C2")
    evaluation(birch, "client", days=days, answers="", slipping=True)
    for owner in (acme, birch):
        LevelChange.objects.create(
            account=owner, as_of=days_ago(100).date(), new="customer", recorded_at=days_ago(100)
        )
    on = days_ago(days).date() if days else None
    assert belongs(condition, on=on) == expected


def test_chances_by_the_forecast(acme, birch):
    survival = [0.99**m for m in range(1, 25)]
    prediction_of(acme, run_make(), survival=survival).save()
    month, year = 1 - 0.99, 1 - 0.99**12
    assert belongs(one("forecast.churn_1", "between", [99 * month, 101 * month])) == {"acme"}
    assert belongs(one("forecast.churn_12", "between", [99 * year, 101 * year])) == {"acme"}
    expected = sum(0.03 * 0.97**m * 0.99**m for m in range(12)) * 100
    near = [expected - 0.01, expected + 0.01]
    assert belongs(one("forecast.client_12", "between", near)) == {"acme"}
    assert belongs(one("forecast.value", "equals", 18000)) == {"acme"}
    assert undecided(one("forecast.churn_12", "above", 1)) == {"birch"}


def test_a_model_without_a_signal_says_nothing_of_an_account(acme):
    prediction_of(acme, run_make(signal=False)).save()
    assert belongs(one("forecast.churn_12", "unknown")) == {"acme"}


def test_people_and_the_champion_who_left(acme, birch):
    for name, role, until in (("ann", "champion", "2025-06-01"), ("bob", "sponsor", None)):
        person = Person.objects.create(external_id=name, recorded_at=when("2024-01-01"))
        Membership.objects.create(
            person=person, account=acme, role=role, since=when("2024-01-01"),
            until=when(until) if until else None, recorded_at=when("2024-01-01"),
        )  # fmt: skip
    assert belongs(one("people.known", "equals", 1)) == {"acme"}
    assert belongs(one("people.known", "equals", 2), on=SPRING) == {"acme"}
    assert belongs(one("people.champion", "yes"), on=SPRING) == {"acme"}
    assert belongs(one("people.champion", "no")) == {"acme"}
    assert belongs(one("people.champion", "unknown")) == {"birch"}
    assert belongs(one("people.sponsor", "yes")) == {"acme"}
    assert belongs(one("people.champion_left", "in_last", 60)) == {"acme"}
    assert belongs(one("people.champion_left", "in_last", 30)) == set()
    assert belongs(one("people.champion_left", "unknown"), on=SPRING) == {"acme", "birch"}


def _person(name, owner, role, since="2024-01-01", until=None):
    person = Person.objects.create(external_id=name, recorded_at=when("2024-01-01"))
    Membership.objects.create(
        person=person, account=owner, role=role, since=when(since) if since else None,
        until=when(until) if until else None, recorded_at=when("2024-01-01"),
    )  # fmt: skip
    return person


def _touch(owner, person, days, direction="in"):
    row = Touchpoint.objects.create(
        external_id=f"t{person.pk}-{days}", account=owner, kind="call", direction=direction,
        occurred_at=days_ago(days), recorded_at=days_ago(days),
    )  # fmt: skip
    row.people.add(person)


def test_a_sponsor_who_left(acme, birch):
    _person("ann", acme, "sponsor", until="2025-06-01")
    _person("bob", birch, "champion", until="2025-06-01")
    assert belongs(one("people.sponsor_left", "in_last", 60)) == {"acme"}
    assert belongs(one("people.sponsor_left", "unknown"), on=SPRING) == {"acme", "birch"}


SILENT = "people.champion_silent_days"


def test_how_long_the_champion_has_been_silent(acme, birch):
    ann = _person("ann", acme, "champion")
    _touch(acme, ann, 50)
    _touch(acme, ann, 5, "out")
    _touch(acme, _person("eve", acme, "user"), 2)
    assert belongs(one(SILENT, "equals", 50)) == {"acme"}
    assert belongs(one(SILENT, "equals", 30), on=days_ago(20).date()) == {"acme"}
    assert belongs(one(SILENT, "unknown")) == {"birch"}
    Ticket.objects.create(
        external_id="k", account=acme, person=ann, opened_at=days_ago(9), recorded_at=days_ago(9)
    )
    assert belongs(one(SILENT, "equals", 9)) == {"acme"}
    SurveyAnswer.objects.create(
        external_id="s", account=acme, person=ann, kind="nps", score=9,
        answered_at=days_ago(8), recorded_at=days_ago(3),
    )  # fmt: skip
    assert belongs(one(SILENT, "equals", 8)) == {"acme"}
    assert belongs(one(SILENT, "equals", 4), on=days_ago(5).date()) == {"acme"}


def test_the_least_silent_of_several_champions_counts_and_who_left_does_not(acme, birch):
    for name, days, until in (("ann", 50, None), ("bob", 20, None), ("eve", 2, "2025-07-15")):
        _touch(acme, _person(name, acme, "champion", until=until), days)
    assert belongs(one(SILENT, "equals", 20)) == {"acme"}


def test_a_champion_never_heard_of_is_silent_since_becoming_one(acme, birch):
    _person("ann", acme, "champion", since="2025-07-01")
    _person("bob", birch, "champion", since=None)
    assert belongs(one(SILENT, "unknown")) == {"acme", "birch"}
    _touch(birch, _person("eve", birch, "user"), 2)
    assert belongs(one(SILENT, "equals", 15)) == {"acme"}
    assert belongs(one(SILENT, "unknown")) == {"birch"}


def _invoice(owner, name, due, *, paid=None, status="open", recorded="2025-01-01"):
    Invoice.objects.create(
        external_id=name, account=owner, amount=10, currency="EUR", issued_at=when("2025-01-01"),
        due_at=when(due), paid_at=when(paid) if paid else None, status=status,
        recorded_at=when(recorded),
    )  # fmt: skip


def test_how_long_the_oldest_unpaid_invoice_is_overdue(acme, birch):
    overdue = "contract.overdue_days"
    assert belongs(one(overdue, "unknown")) == {"acme", "birch"}
    _invoice(acme, "a1", "2025-06-01", paid="2025-07-10")
    _invoice(acme, "a2", "2025-07-06")
    _invoice(acme, "a3", "2025-07-11")
    _invoice(acme, "a4", "2025-03-01", status="void")
    _invoice(acme, "a5", "2025-05-01", recorded="2025-07-01", status="paid")
    _invoice(birch, "b1", "2025-08-01")
    assert belongs(one(overdue, "equals", 10)) == {"acme"}
    assert belongs(one(overdue, "equals", 0)) == {"birch"}
    assert belongs(one(overdue, "equals", 35), on=date(2025, 7, 6)) == {"acme"}
    assert belongs(one(overdue, "equals", 0), on=SPRING) == {"acme", "birch"}
    assert belongs(one(overdue, "rose", 10, weeks=1)) == set()


def test_when_a_trial_ends(acme, birch):
    ends = "contract.trial_ends"
    period(acme, started="2025-07-01", ended="2025-07-31", is_trial=True, mrr=0)
    period(
        birch, started="2025-07-01", renews_at=when("2025-08-15"), recorded_at=when("2025-07-10"),
        is_trial=True, mrr=0,
    )  # fmt: skip
    account("cedar")
    assert belongs(one(ends, "in_next", 15)) == {"acme"}
    assert belongs(one(ends, "in_next", 30)) == {"acme", "birch"}
    assert belongs(one(ends, "unknown"), on=date(2025, 7, 5)) == {"birch", "cedar"}
    period(acme, started="2025-07-20", mrr=100, recorded_at=when("2025-07-12"))
    assert belongs(one(ends, "from", "2025-07-20"), one(ends, "before", "2025-07-21")) == {"acme"}
    period(birch, started="2025-07-15", mrr=100)
    assert belongs(one(ends, "unknown")) == {"birch", "cedar"}


def test_touches_tickets_and_answers(acme, birch):
    for days, direction in ((5, "out"), (50, "in")):
        Touchpoint.objects.create(
            external_id=f"t{days}", account=acme, kind="call", direction=direction,
            occurred_at=days_ago(days), recorded_at=days_ago(days),
        )  # fmt: skip
    assert belongs(one("contact.last", "in_last", 7)) == {"acme"}
    assert belongs(one("contact.last_in", "before_last", 40)) == {"acme"}
    assert belongs(one("contact.last", "unknown")) == {"birch"}
    assert belongs(one("contact.last", "in_last", 7), on=days_ago(10).date()) == set()
    assert belongs(one("contact.tickets_open", "unknown")) == {"acme", "birch"}
    Ticket.objects.create(
        external_id="k", account=acme, opened_at=days_ago(9), recorded_at=days_ago(9)
    )
    assert belongs(one("contact.tickets_open", "equals", 1)) == {"acme"}
    assert belongs(one("contact.tickets_open", "equals", 0)) == {"birch"}
    for days, value in ((40, 9), (3, 4)):
        SurveyAnswer.objects.create(
            external_id=f"s{days}", account=acme, kind="nps", score=value,
            answered_at=days_ago(days), recorded_at=days_ago(days),
        )  # fmt: skip
    assert belongs(one("contact.nps", "at_most", 6)) == {"acme"}
    assert belongs(one("contact.nps", "at_least", 9), on=days_ago(10).date()) == {"acme"}


def test_metrics_now_from_the_snapshot_and_then_from_the_panel(acme, birch):
    snapshot(acme, active_people=8, seat_share=0.75)
    snapshot(birch, active_people=None)
    panel({(acme, date(2025, 6, 9)): {"active_people": 12.0, "seat_share": 0.9}})
    assert belongs(one("metric.active_people", "at_least", 8)) == {"acme"}
    assert belongs(one("metric.seat_share", "equals", 75)) == {"acme"}
    assert belongs(one("metric.active_people", "unknown")) == {"birch"}
    # Four weeks before Wednesday 16 July the newest whole week is that of 9 June.
    assert belongs(one("metric.active_people", "fell", 4, weeks=4)) == {"acme"}
    assert belongs(one("metric.active_people", "fell", 5, weeks=4)) == set()
    assert undecided(one("metric.active_people", "fell", 4, weeks=8)) == {"acme", "birch"}
    assert belongs(one("metric.active_people", "equals", 12), on=date(2025, 6, 15)) == {"acme"}


def test_a_metric_that_is_defined_no_more_is_not_known(acme):
    assert belongs(one("metric.gone", "unknown")) == {"acme"}
