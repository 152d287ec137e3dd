"""Inputs of the clauses: attitude ranks, people with a say, and the outlook."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tenure.accounts.models import Membership, Person
from tenure.core import clock
from tenure.engine.sbg import YEARLY, Exposure, posterior
from tenure.events.services import events_ingest
from tenure.health.tests.world import TODAY, account, period, when
from tenure.relationship.definitions import parse
from tenure.relationship.inputs import gather
from tenure.relationship.inputs.attitude import attitude
from tenure.relationship.inputs.facts import Facts, days_since, ends_of
from tenure.relationship.inputs.people import key_person_active

DAY = date(2025, 7, 13)


def facts(*rows):
    """(row, day, value[, recorded, superseded])."""
    full = [(*row, None, None)[:5] for row in rows]
    return Facts.of(
        [
            (row, when(day), value, when(recorded or day), when(gone) if gone else None)
            for row, day, value, recorded, gone in full
        ],
        {i: i for i in range(20)},
    )


def test_days_are_counted_from_the_newest_fact_that_was_known():
    known = facts(
        (0, "2025-07-01", None),
        (0, "2025-07-10", None, "2025-07-20"),
        (1, "2025-07-03", None, None, "2025-07-05"),
    )
    days = days_since(known, ends_of([DAY, date(2025, 7, 20)]), 3)
    assert days.tolist() == [[12.0, 10.0], [np.inf, np.inf], [np.inf, np.inf]]


def test_answers_are_ranked_within_their_kind_before_they_are_pooled():
    kinds = {
        "nps": facts((0, "2025-06-01", 0), (1, "2025-06-01", 9), (2, "2025-06-01", 10)),
        "csat": facts((0, "2025-06-01", 5), (3, "2025-06-01", 1)),
    }
    share, answers = attitude(kinds, ends_of([DAY]), 5, days=180, least=4)
    # Ranks: NPS 0, 0.5, 1; CSAT 1 and 0. Means: 0.5, 0.5, 1, 0.
    assert share[:4, 0].tolist() == [0.5, 0.5, 1.0, 0.0]
    assert np.isnan(share[4, 0])
    assert answers[:, 0].tolist() == [2, 1, 1, 1, 0]


def test_too_few_accounts_have_no_lowest_third():
    kinds = {"nps": facts((0, "2025-06-01", 0), (1, "2025-06-01", 9))}
    share, _ = attitude(kinds, ends_of([DAY]), 3, days=180, least=3)
    assert np.isnan(share).all()


def test_an_old_answer_is_out_of_the_pool():
    kinds = {"nps": facts((0, "2024-06-01", 0), (1, "2025-06-01", 9))}
    share, answers = attitude(kinds, ends_of([DAY]), 2, days=180, least=1)
    assert share[1, 0] == 0.5
    assert answers[:, 0].tolist() == [0, 1]


@pytest.mark.django_db
def test_somebody_with_a_say_was_active_while_holding_the_role():
    acme, other = account("acme"), account("other")
    boss = Person.objects.create(external_id="boss", recorded_at=when("2024-01-01"))
    Membership.objects.create(
        person=boss,
        account=acme,
        role="sponsor",
        since=when("2025-06-01"),
        until=when("2025-07-10"),
        recorded_at=when("2025-06-01"),
    )
    with clock.at(TODAY):
        events_ingest(
            table=pa.table(
                {
                    "message_id": pa.array([None, None], pa.string()),
                    "event": ["login", "login"],
                    "occurred_at": pa.array(
                        [when("2025-05-20"), when("2025-06-20")], pa.timestamp("us", "UTC")
                    ),
                    "received_at": pa.array(
                        [when("2025-05-20"), when("2025-06-20")], pa.timestamp("us", "UTC")
                    ),
                    "user_id": ["boss", "boss"],
                    "anonymous_id": pa.array([None, None], pa.string()),
                    "account_id": ["acme", "acme"],
                    "properties": pa.array([None, None], pa.string()),
                }
            ),
            source="test",
        )
    days = [date(2025, 5, 25), date(2025, 6, 15), date(2025, 6, 22), date(2025, 7, 13)]
    found = key_person_active([acme.pk, other.pk], days, ["sponsor"], 28)
    # Nobody's role was known in May; in June the event of May is near enough at first.
    assert np.isnan(found[:, 0]).all()
    assert found[0, 1:].tolist() == [1.0, 1.0, 0.0]
    assert found[1, 1:].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.django_db
def test_the_outlook_is_that_of_the_curve_known_at_the_month_before():
    owners = [account(f"a{i}", since="2022-01-03", segment="small") for i in range(12)]
    for i, owner in enumerate(owners):
        gone = "2024-01-03" if i < 4 else None
        period(owner, started="2022-01-03", ended=gone, recorded_at=when("2022-01-03"))
    keys = [owner.pk for owner in owners]
    with clock.at(TODAY):
        found = gather(keys, [date(2023, 12, 31), DAY], parse({})).outlook
    # In December 2023 nobody had left: 12 survived one renewal. Later four left at the second.
    before = posterior(Exposure.of_customers([1] * 12, [False] * 12), YEARLY)
    after = posterior(Exposure.of_customers([1] * 4 + [3] * 8, [True] * 4 + [False] * 8), YEARLY)
    assert found.mean[5, 0] == pytest.approx(before.still_paying(1, 1).mean)
    assert found.mean[5, 1] == pytest.approx(after.still_paying(3, 1).mean)
    assert np.isnan(found.mean[0, 1])
    assert (found.low[5] < found.mean[5]).all()


@pytest.mark.django_db
def test_too_few_customers_make_the_outlook_unknown():
    owner = account()
    period(owner)
    with clock.at(TODAY):
        found = gather([owner.pk], [DAY, DAY + timedelta(days=3)], parse({})).outlook
    assert np.isnan(found.mean).all()
