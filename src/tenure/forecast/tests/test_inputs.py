"""Inputs: as they were recorded, whatever was learned later."""

from datetime import date, timedelta

import numpy as np
import pytest

from tenure.accounts.models import Membership, Person
from tenure.contracts.models import SubscriptionPeriod
from tenure.contracts.selectors import rates
from tenure.core import clock
from tenure.engine.money import ChurnRule
from tenure.forecast.inputs.contracts import Books, movements_as_of, mrr_on, spells_as_of
from tenure.forecast.inputs.days import grid_days, months_back, week_of
from tenure.forecast.inputs.people import people_features
from tenure.forecast.inputs.terms import terms_until
from tenure.forecast.inputs.timeline import timeline_features
from tenure.forecast.inputs.trust import AutoRenewal, auto_renewal
from tenure.health.tests.world import TODAY, account, period, when
from tenure.timeline.models import Ticket, Touchpoint

pytestmark = pytest.mark.django_db
DAYS = [date(2025, 3, 31), date(2025, 4, 30), date(2025, 6, 30)]


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


def replaced(row, on, **changes):
    """A correction recorded on a day: the old version ends, a new one begins."""
    SubscriptionPeriod.objects.filter(pk=row.pk).update(superseded_at=when(on))
    row.pk = None
    row.recorded_at = when(on)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    return row


def days_of(values):
    return [None if np.isnat(day) else day.item() for day in values]


def test_an_end_counts_from_the_day_it_was_recorded():
    owner = account()
    row = period(owner, interval="month")
    replaced(row, "2025-05-20", ended_at=when("2025-05-01"))
    books = Books.read([owner.pk])
    before = spells_as_of(books, date(2025, 5, 10), ChurnRule())
    after = spells_as_of(books, date(2025, 6, 10), ChurnRule())
    assert days_of(before.ended) == [None]
    assert days_of(after.ended) == [date(2025, 5, 1)]


def test_a_gap_that_the_churn_rule_forgives_is_no_end():
    owner = account()
    period(owner, started="2024-01-01", ended="2024-06-01")
    period(owner, started="2024-06-10", external_id="again")
    books = Books.read([owner.pk])
    lost = spells_as_of(books, TODAY.date(), ChurnRule())
    kept = spells_as_of(books, TODAY.date(), ChurnRule(contractual_days=30))
    assert days_of(lost.ended) == [date(2024, 6, 1), None]
    assert days_of(kept.ended) == [None]


def test_mrr_and_movements_are_those_known_then():
    owner = account()
    period(owner, ended="2025-04-10")
    period(owner, started="2025-04-10", mrr=150, recorded_at=when("2025-05-05"))
    books, conversion = Books.read([owner.pk]), rates().on(TODAY.date())
    # At the end of April the old terms had ended, and nobody had told of the new ones.
    assert mrr_on(books, DAYS, conversion).tolist() == [[100.0, 0.0, 150.0]]
    assert movements_as_of(books, date(2025, 4, 30), conversion) == []
    assert movements_as_of(books, date(2025, 6, 30), conversion) == [
        (owner.pk, "expansion", date(2025, 4, 10), 1.5)
    ]


def test_terms_tell_the_next_renewal_and_the_effect_of_notice():
    owner = account()
    row = period(owner, auto_renew=True)
    replaced(row, "2025-03-01", cancel_notified_at=when("2025-03-01"), auto_renew=False)
    terms = terms_until(Books.read([owner.pk]), TODAY.date())
    assert days_of(terms.known_from) == [date(2024, 1, 1), date(2025, 3, 1)]
    assert days_of(terms.renews) == [date(2025, 1, 1), date(2026, 1, 1)]
    assert terms.months.tolist() == [12.0, 12.0]
    assert terms.automatic.tolist() == [1.0, 0.0]
    assert days_of(terms.notice_effect) == [None, date(2026, 1, 1)]


def test_auto_renewal_that_stands_as_of_the_export_is_found_out():
    for number in range(30):
        owner = account(f"a{number}")
        goes = number < 6
        row = period(owner, auto_renew=not goes)
        if goes:
            replaced(row, "2025-03-01", cancel_notified_at=when("2025-03-01"))
    found = auto_renewal(TODAY.date())
    assert (found.notices, found.early, found.usual) == (6, 6, 0.0)
    assert not found.dated
    assert found.proof.startswith("a0 sub-a0")


def test_auto_renewal_that_was_switched_off_with_the_notice_is_believed():
    for number in range(30):
        owner = account(f"a{number}")
        row = period(owner, auto_renew=True)
        if number < 6:
            on = "2025-03-01"
            replaced(row, on, cancel_notified_at=when(on), auto_renew=False)
    assert auto_renewal(TODAY.date()).dated
    assert AutoRenewal(0, 0, 0.0, "").dated


@pytest.mark.parametrize("before", [True, False])
def test_notice_may_come_in_a_row_of_its_own_and_what_held_before_it_is_what_counts(before):
    for number in range(30):
        owner = account(f"a{number}")
        goes = number < 6
        period(owner, auto_renew=before if goes else True)
        if goes:
            on = "2025-03-01"
            period(owner, on, auto_renew=False, cancel_notified_at=when(on))
    found = auto_renewal(TODAY.date())
    assert (found.notices, found.early, found.usual) == (6, 0 if before else 6, 0.0)
    assert found.dated is before


def test_facts_count_from_the_day_they_were_recorded():
    owner, other = account("acme"), account("other")
    Touchpoint.objects.create(
        external_id="t1", account=owner, kind="call", direction="both",
        occurred_at=when("2025-04-20"), recorded_at=when("2025-05-10"), sentiment=0.5,
    )  # fmt: skip
    Ticket.objects.create(
        external_id="k1", account=owner, opened_at=when("2025-03-20"),
        recorded_at=when("2025-03-20"), superseded_at=when("2025-04-25"),
    )  # fmt: skip
    Ticket.objects.create(
        external_id="k1", account=owner, opened_at=when("2025-03-20"),
        resolved_at=when("2025-04-25"), recorded_at=when("2025-04-25"),
    )  # fmt: skip
    found = timeline_features([owner.pk, other.pk], DAYS)
    # Nothing was recorded of any touchpoint before May, so nothing can be said of March and April.
    assert np.isnan(found["contact_days"][:, :2]).all()
    assert found["contact_days"][:, 2].tolist() == [71.0, 365.0]
    assert found["support_open"][0].tolist() == [1.0, 0.0, 0.0]
    assert found["support_tickets_90d"][0].tolist() == [1.0, 1.0, 0.0]


def test_people_are_counted_and_not_named():
    owner = account()
    for name, role, until in (("ann", "sponsor", "2025-04-15"), ("bob", "user", None)):
        Membership.objects.create(
            person=Person.objects.create(external_id=name, recorded_at=when("2024-01-01")),
            account=owner,
            role=role,
            until=when(until) if until else None,
            recorded_at=when("2024-01-01"),
        )
    found = people_features([owner.pk], DAYS)
    assert found["people"].tolist() == [[2.0, 1.0, 1.0]]
    assert found["people_with_say"].tolist() == [[1.0, 0.0, 0.0]]
    assert found["people_with_say_left_180d"].tolist() == [[0.0, 1.0, 1.0]]


def test_months_go_back_to_the_same_day_and_weeks_to_the_last_that_had_ended():
    assert months_back(date(2025, 3, 31), 1) == date(2025, 2, 28)
    assert grid_days(date(2025, 3, 15), date(2025, 4, 20))[0] == date(2024, 12, 15)
    sunday = date(2025, 7, 13)
    assert week_of(sunday) == date(2025, 7, 7)
    assert week_of(sunday - timedelta(days=1)) == date(2025, 6, 30)
    assert week_of(TODAY.date()) == date(2025, 7, 14)
