"""The stage that counts features by account, and questions that are kept."""

import random
from datetime import date, timedelta

import pytest

from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry, RoleGrant
from tenure.core.pipeline import Refresh
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.metrics.questions.stage import features_refresh
from tenure.metrics.questions.walks import period_of
from tenure.metrics.selectors.questions import (
    activity_kept,
    feature_book,
    question_asked,
    questions_of,
)
from tenure.metrics.services import metric_save
from tenure.metrics.services.questions import question_retire, question_save
from tenure.metrics.tests.world import TODAY, World, account_add, events_add, random_events

pytestmark = pytest.mark.django_db


def refresh():
    return features_refresh(Refresh(clock.today()))


@pytest.fixture
def events():
    world = World(random.Random(3))
    accounts = [account_add(f"f{n}").pk for n in range(5)]
    made = random_events(world, 2500, accounts)
    events_add(made)
    return [event for event in made if event.account]


def by_hand(events, first: date, last: date, name) -> dict:
    """(account, feature) → (uses, people), counted one event after another."""
    found: dict = {}
    for event in events:
        if first <= event.at.date() <= last and name(event) is not None:
            found.setdefault((event.account, name(event)), []).append(event.person or -event.actor)
    return {key: (len(who), len(set(who) - {0})) for key, who in found.items()}


def told(book, uses, people) -> dict:
    rows = zip(book.account, book.feature, getattr(book, uses), getattr(book, people), strict=True)
    return {(int(a), book.features[f]): (int(n), int(p)) for a, f, n, p in rows if n}


def test_features_are_counted_as_a_loop_over_the_events_counts(events, monkeypatch):
    monkeypatch.setattr("tenure.metrics.questions.stage.ACCOUNTS", 2)
    assert refresh()["changed"]
    book = feature_book()
    begin = TODAY - timedelta(days=27)
    now = by_hand(events, begin, TODAY, lambda e: e.event)
    before = by_hand(
        events, begin - timedelta(days=28), begin - timedelta(days=1), lambda e: e.event
    )
    assert told(book, "uses", "people") == now
    assert told(book, "uses_before", "people_before") == before
    assert set(book.events) <= {e.event for e in events}
    assert set(book.properties) == {"value", "other"}
    assert (book.account[1:] >= book.account[:-1]).all()


@pytest.mark.parametrize("grain", ["month", "week"])
def test_the_weeks_and_months_of_accounts_are_kept_as_a_loop_finds_them(events, monkeypatch, grain):
    monkeypatch.setattr("tenure.metrics.questions.stage.ACCOUNTS", 2)
    refresh()
    kept = activity_kept(grain)
    want: dict = {}
    for event in events:
        if event.at.date() <= TODAY:
            place = period_of(grain, event.at.date()) - kept.first
            want.setdefault(event.account, set()).add(place if place >= 0 else 62)
    bits = {
        int(a): {p for p in range(63) if int(b) >> p & 1}
        for a, b in zip(kept.account, kept.bits, strict=True)
    }
    assert bits == want


def test_features_follow_the_definition_of_breadth(events):
    body = {"title": "B", "kind": "breadth", "source": "events", "of": "value"}
    metric_save(actor=None, key="feature_breadth", body={**body, "key": "feature_breadth"})
    refresh()
    odd = {"3", "2.5", "7.25", "12d", "true", "-1000.0", '{"value":4}'}
    assert set(feature_book().features) == odd


def test_features_beyond_the_limit_are_counted_and_left_out(events, monkeypatch):
    monkeypatch.setattr("tenure.metrics.questions.stage.MOST_FEATURES", 2)
    refresh()
    book = feature_book()
    assert (len(book.features), book.left_out) == (2, 4)
    assert set(book.feature.tolist()) <= {0, 1}


def test_nothing_is_counted_anew_while_nothing_has_changed(events):
    assert refresh()["changed"]
    assert not refresh()["changed"]
    events_add(events[:1])
    assert refresh()["changed"]


def test_a_company_without_events_has_an_empty_book():
    account_add("alone")
    refresh()
    book = feature_book()
    assert (book.features, book.first, len(book.account)) == ((), None, 0)


@pytest.fixture
def pair():
    return [
        user_create(actor=None, email=f"{role}@example.com", role=role)
        for role in (Role.CSM, Role.VIEWER)
    ]


def test_a_question_is_kept_in_versions_and_audited(pair):
    csm, viewer = pair
    kept = question_save(actor=csm, name=" Exports  a week ", body={"n": 1})
    assert question_save(actor=csm, name="Exports a week", body={"n": 1}) == kept
    question_save(actor=csm, name="Exports a week", body={"n": 2}, shared=True)
    question_save(actor=viewer, name="Exports a week", body={"n": 3})
    assert question_asked(kept).version == 2
    assert [v.body for v in kept.versions.order_by("version")] == [{"n": 1}, {"n": 2}]
    assert AuditEntry.objects.filter(action="question.save").count() == 3


def test_others_open_a_question_only_when_it_is_shared_and_only_the_owner_lets_go(pair):
    csm, viewer = pair
    kept = question_save(actor=csm, name="Mine", body={})
    assert not questions_of(viewer).exists()
    question_save(actor=csm, name="Mine", body={}, shared=True)
    assert list(questions_of(viewer)) == [kept]
    with pytest.raises(TenureError):
        question_retire(actor=viewer, question_id=kept.pk)
    question_retire(actor=csm, question_id=kept.pk)
    assert not questions_of(csm).exists()
    assert kept.versions.count() == 2


def test_without_a_name_or_a_role_nothing_is_kept(pair):
    csm, viewer = pair
    with pytest.raises(TenureError, match="name"):
        question_save(actor=csm, name="  ", body={})
    RoleGrant.objects.filter(user=viewer).update(until=clock.now() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        question_save(actor=viewer, name="x", body={})
