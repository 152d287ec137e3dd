"""Rejected events on their way from the door to the page that shows them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tenure.events import inbox
from tenure.events.inbox import Entry, RejectedEvent
from tenure.intake.models import Reject
from tenure.intake.tracking.rejects import rejects_collect

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, 0, 5, tzinfo=UTC)
FAULT = RejectedEvent(NOW, "track", 3, "userId", "x", "It is empty.")


@pytest.fixture(autouse=True)
def _inbox(tmp_path, settings):
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    yield
    inbox.close()


def keep(*faults):
    inbox.append([Entry("segment", "batch", b"", 1, NOW, 0, faults)])


def test_a_rejected_event_is_shown_with_its_reason():
    keep(FAULT)
    assert rejects_collect() == 1
    row = Reject.objects.get()
    assert (row.door, row.table, row.at, row.line) == ("tracking", "track", NOW, 3)
    assert (row.column, row.value, row.reason) == ("userId", "x", "It is empty.")
    assert rejects_collect() == 0


def test_a_worker_that_stopped_between_moving_and_deleting_doubles_nothing():
    keep(FAULT)
    rejects_collect()
    keep(FAULT, replace(FAULT, index=4))
    assert rejects_collect() == 2
    assert sorted(Reject.objects.values_list("line", flat=True)) == [3, 4]


def test_many_are_moved_a_lot_at_a_time():
    keep(*(replace(FAULT, index=n) for n in range(25)))
    assert [rejects_collect(limit=10) for _ in range(4)] == [10, 10, 5, 0]
    assert Reject.objects.count() == 25
