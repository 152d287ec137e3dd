import pytest

from tenure.events.selectors import store_snapshot
from tenure.events.services import events_ingest, identity_apply
from tenure.events.tests.said import events, said, stored

pytestmark = pytest.mark.django_db


def test_an_event_is_stored_for_the_account_and_person_it_names():
    identity_apply(messages=[said("group", user_id="ann", account_id="acme")])
    result = events_ingest(
        table=events({"user_id": "ann", "account_id": "acme", "at": 1}), source="test"
    )
    assert (result.stored, result.duplicate, result.waiting, result.rejected) == (1, 0, 0, 0)
    assert stored() == [("acme", "ann", "opened", 1.0)]


def test_the_same_events_again_are_duplicates():
    table = events({"user_id": "ann", "message_id": "1"}, {"user_id": "ann"}, {"user_id": "bob"})
    assert events_ingest(table=table, source="test").stored == 3
    again = events_ingest(table=table, source="test")
    assert (again.stored, again.duplicate) == (0, 3)
    assert store_snapshot().rows == 3
