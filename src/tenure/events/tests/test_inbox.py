"""The durable inbox, on whichever database the suite runs."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import msgspec
import pytest
from django.db import connection

from tenure.events import inbox
from tenure.events.inbox import Entry, RejectedEvent

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what another connection must see
NOW = datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clean():
    yield
    inbox.close()
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        # tables without a model are not emptied by Django
        connection.cursor().execute("TRUNCATE events_inbox, events_inbox_reject")


def entry(*users, call="batch", **batch):
    events = [{"type": "track", "event": "e", "userId": user} for user in users]
    payload = msgspec.json.encode({"batch": events, **batch})
    return Entry("segment", call, payload, 1, NOW, len(events))


def users(rows):
    return [message.user_id for row in rows for message in inbox.parse(row)]


def elsewhere(act):
    """Run something in another thread, which has an inbox and a connection of its own."""
    found = []

    def run():
        try:
            found.append(act())
        finally:
            inbox.close()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_what_was_appended_is_read_in_order_and_whole():
    inbox.append([entry("a", "b"), entry("c")])
    rows = inbox.read(10)
    assert users(rows) == ["a", "b", "c"]
    assert (rows[0].received_at, rows[0].n_events, rows[0].key_id) == (NOW, 2, 1)


def test_an_acknowledged_row_is_gone_and_the_depth_follows():
    inbox.append([entry("a", "b"), entry("c")])
    assert inbox.depth() == 3
    first, second = inbox.read(10)
    inbox.ack([first.id])
    assert inbox.depth() == 1
    inbox.ack([second.id])
    assert (inbox.depth(), inbox.read(10)) == (0, [])


def test_rows_not_acknowledged_come_again_with_the_same_message_ids():
    inbox.append([entry("a", "b")])
    (row,) = inbox.read(10)
    again = [m.message_id for r in inbox.read(10) for m in inbox.parse(r)]
    assert again == [m.message_id for m in inbox.parse(row)]
    assert len(set(again)) == 2


@committed
def test_rows_one_worker_holds_no_other_gets_until_it_lets_go():
    inbox.append([entry("a")])
    with inbox.claim(10) as rows:
        assert users(rows) == ["a"]
        assert elsewhere(lambda: inbox.read(10)) == []
    assert users(elsewhere(lambda: inbox.read(10))) == ["a"]


@committed
def test_a_worker_that_fails_lets_go():
    inbox.append([entry("a")])
    with pytest.raises(ZeroDivisionError), inbox.claim(10):
        raise ZeroDivisionError
    assert users(elsewhere(lambda: inbox.read(10))) == ["a"]


HOLD = """
import django; django.setup()
from django.conf import settings
from tenure.events import inbox
{setting}
print(len(inbox.read(10)), flush=True)
import time; time.sleep(60)
"""


@committed
def test_a_worker_that_is_killed_lets_go(settings):
    inbox.append([entry("a")])
    name = connection.settings_dict["NAME"]
    setting = f"settings.INBOX_PATH = {str(settings.INBOX_PATH)!r}"
    if connection.vendor == "postgresql":
        setting = f"settings.DATABASES['default']['NAME'] = {name!r}"
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(setting=setting)], stdout=subprocess.PIPE
    )
    assert worker.stdout.readline().strip() == b"1"
    assert inbox.read(10) == []
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    for _attempt in range(100):  # PostgreSQL needs a moment to notice
        if rows := inbox.read(10):
            break
        threading.Event().wait(0.05)
    assert users(rows) == ["a"]


@committed
def test_two_workers_share_the_rows_on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: its workers take turns")
    inbox.append([entry("a"), entry("b"), entry("c")])
    mine = inbox.read(2)
    theirs = elsewhere(lambda: inbox.read(2))
    assert (users(mine), users(theirs)) == (["a", "b"], ["c"])


def reject(value="x"):
    return RejectedEvent(NOW, "track", 3, "event", value, "too long")


def test_rejected_events_wait_until_they_are_moved():
    inbox.append([Entry("segment", "batch", b"", 1, NOW, 0, (reject(), reject("y")))])
    assert (inbox.depth(), inbox.read(10)) == (0, [])
    first, second = inbox.rejects_read(10)
    assert (first.received_at, first.index, first.value) == (NOW, 3, "x")
    inbox.rejects_delete([first.id])
    assert inbox.rejects_read(10) == [second]


def test_erasing_takes_out_the_events_that_name_somebody_and_keeps_the_ids_of_the_others():
    inbox.append([entry("a", "ann", "b"), entry("ann"), entry("c")])
    before = {m.user_id: m.message_id for r in inbox.read(10) for m in inbox.parse(r)}
    inbox.release()
    assert inbox.redact({"ann"}) == 2
    after = {m.user_id: m.message_id for r in inbox.read(10) for m in inbox.parse(r)}
    assert after == {user: before[user] for user in "abc"}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "track", "event": "e", "userId": "u", "properties": {"to": ["ann@x.com"]}},
        {"type": "identify", "userId": "u", "traits": {"link": "mailto:ann@x.com?a"}},
        {"type": "alias", "userId": "u", "previousId": "ann@x.com"},
        {"type": "track", "event": "e", "userId": "u", "context": {"ann@x.com": 1}},
    ],
)
def test_an_address_is_found_wherever_it_stands(event):
    inbox.append([Entry("segment", "batch", msgspec.json.encode({"batch": [event]}), 1, NOW, 1)])
    assert inbox.redact({"ann@x.com"}) == 1
    assert inbox.read(10) == []


def test_an_id_matches_only_as_a_whole():
    inbox.append([entry("ann2", "dann")])
    assert inbox.redact({"ann"}) == 0


def test_what_stands_beside_the_batch_is_taken_out_too():
    inbox.append([entry("a", context={"groupId": "ann"})])
    assert inbox.redact({"ann"}) == 1
    (row,) = inbox.read(10)
    assert (users([row]), b"ann" in row.payload) == (["a"], False)


def test_rejected_values_are_forgotten_with_the_person():
    inbox.append([Entry("segment", "batch", b"", 1, NOW, 0, (reject("to ann@x.com"), reject()))])
    assert inbox.redact({"ann@x.com"}) == 1
    assert [r.value for r in inbox.rejects_read(10)] == ["x"]


def test_erasing_leaves_no_trace_in_the_file(settings):
    if connection.vendor == "postgresql":
        pytest.skip("on PostgreSQL the inbox is no file of ours")
    inbox.append([entry("ann@x.com"), entry("b")])
    inbox.ack([inbox.read(1)[0].id])
    inbox.release()
    inbox.redact({"ann@x.com"})
    folder = settings.INBOX_PATH.parent
    assert all(b"ann@x.com" not in p.read_bytes() for p in folder.iterdir() if p.is_file())


@committed
def test_erasing_waits_for_a_worker_that_holds_rows():
    inbox.append([entry("ann")])
    inbox.read(10)
    order = []
    thread = threading.Thread(
        target=lambda: elsewhere(lambda: (inbox.redact({"ann"}), order.append("erased")))
    )
    thread.start()
    threading.Event().wait(0.3)
    order.append("stored")
    inbox.release()
    thread.join()
    assert order == ["stored", "erased"]


def test_a_row_that_has_become_unreadable_stops_nobody(caplog):
    inbox.append([Entry("segment", "batch", b"nonsense", 1, NOW, 1), entry("a")])
    assert users(inbox.read(10)) == ["a"]
    assert "cannot be read" in caplog.text
