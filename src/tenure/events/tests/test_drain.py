"""Emptying the inbox into the store."""

import pytest
from django.db import connection

from tenure.events import inbox
from tenure.events.models import StoreFile
from tenure.events.services import inbox_drain
from tenure.events.tests.test_inbox import _clean, entry

__all__ = ["_clean"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty():
    inbox.ack([row.id for row in inbox.read(10_000)])
    inbox.rejects_delete(range(1, 10_000))


def stored():
    return sum(StoreFile.objects.filter(retired_at=None).values_list("rows", flat=True))


def test_an_empty_inbox_brings_nothing():
    assert inbox_drain().rows == 0


def test_what_waits_is_stored_and_acknowledged():
    inbox.append([entry("a", "b"), entry("c")])
    result = inbox_drain()
    assert (result.rows, result.messages, result.stored) == (2, 3, 3)
    assert (inbox.depth(), stored()) == (0, 3)


REFUSE = {
    "sqlite": [
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON events_identifier WHEN NEW.value = 'poison' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    ],
    "postgresql": [
        (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.value = 'poison' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON events_identifier "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
    ],
}


def test_a_row_that_cannot_be_stored_is_kept_as_rejects_and_does_not_hold_up_the_others():
    with connection.cursor() as cursor:
        for statement in REFUSE[connection.vendor]:
            cursor.execute(statement)
    inbox.append([entry("a"), entry("b"), entry("poison", "d"), entry("c")])
    result = inbox_drain()
    assert (result.stored, result.rejected, inbox.depth()) == (3, 2, 0)
    assert stored() == 3
    kept = inbox.rejects_read(10)
    assert len(kept) == 2
    assert "could not be stored" in kept[0].reason
