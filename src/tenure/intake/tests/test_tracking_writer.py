"""Group commit: everybody waits for the disk, and hears when it refuses."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from tenure.events import inbox
from tenure.events.inbox import Entry, InboxUnavailable
from tenure.intake.tracking.writer import Writer

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def writer(tmp_path, settings):
    if connection.vendor == "postgresql":
        pytest.skip("the thread would have to see the test's own transaction; tests/ has this")
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    made = Writer()
    yield made
    made.stop()
    inbox.close()


def entry(number):
    return Entry("segment", "batch", b'{"batch":[%d]}' % number, 1, NOW, 1)


def test_what_was_awaited_is_on_disk(writer):
    asyncio.run(writer.commit(entry(1)))
    assert [row.payload for row in inbox.read(10)] == [b'{"batch":[1]}']


def test_many_at_once_are_all_kept_and_none_twice(writer):
    async def send():
        await asyncio.gather(*(writer.commit(entry(number)) for number in range(2000)))

    asyncio.run(send())
    assert len({row.payload for row in inbox.read(5000)}) == 2000
    assert (inbox.depth(), writer.waiting_bytes) == (2000, 0)


def test_stopping_commits_what_still_waits(writer):
    async def send():
        tasks = [asyncio.create_task(writer.commit(entry(number))) for number in range(50)]
        await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, writer.stop)
        await asyncio.gather(*tasks)

    asyncio.run(send())
    assert inbox.depth() == 50


def test_a_disk_that_refuses_is_an_error_for_each_sender_and_passes(writer, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.INBOX_PATH = tmp_path / "file" / "inbox.sqlite3"

    async def send():
        return await asyncio.gather(
            *(writer.commit(entry(number)) for number in range(3)), return_exceptions=True
        )

    assert [type(error) for error in asyncio.run(send())] == [InboxUnavailable] * 3
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    assert asyncio.run(send()) == [None] * 3


def test_a_sender_that_hangs_up_disturbs_nobody(writer):
    async def send():
        gone = asyncio.create_task(writer.commit(entry(1)))
        await asyncio.sleep(0)
        gone.cancel()
        await writer.commit(entry(2))

    asyncio.run(send())
    assert inbox.depth() == 2


def test_a_full_inbox_is_noticed_and_so_is_room(writer):
    asyncio.run(writer.commit(entry(1)))
    wait = threading.Event().wait
    for _attempt in range(100):
        if writer.full(1):
            break
        wait(0.05)
    assert writer.full(1)
    assert not writer.full(2)
    inbox.ack([row.id for row in inbox.read(10)])
    for _attempt in range(100):
        if not writer.full(1):
            break
        wait(0.05)
    assert not writer.full(1)
