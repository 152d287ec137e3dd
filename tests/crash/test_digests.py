"""Two workers that send digests, one of them killed: every reader gets one, nobody two."""

import time
from collections import Counter

import pytest

from tenure.web.tests.mailbox import BASE, Mailbox
from tests.installation import Installation

pytestmark = pytest.mark.crash
READERS = 24
MAKE = f"""
from datetime import UTC, datetime, timedelta
from tenure.core import clock
from tenure.core.services import user_create
from tenure.plays.services import task_create
from tenure.web.tests.factories import account_make
with clock.at(datetime(2026, 3, 2, tzinfo=UTC)):
    for n in range({READERS}):
        user = user_create(actor=None, email=f"csm{{n}}@example.com", role="csm")
        account = account_make(f"Account {{n}}", owner=user)
        due = datetime(2026, 3, 4).date()
        task_create(actor=user, account=account, title="Call", due_on=due, owner=user)
"""
WORK = """
import django; django.setup()
from datetime import UTC, datetime, timedelta
from tenure.core import clock
clock.now = lambda: datetime(2026, 3, 4, 9, {minute}, tzinfo=UTC)
from tenure.cli.work import work
work(interval=0.05, refresh_minutes=0)
"""
STATES = "SELECT u.email, s.state FROM web_digestsend s JOIN core_user u ON u.id = s.user_id"


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_worker_neither_loses_nor_doubles_a_digest(tmp_path):
    box = Mailbox(pause=0.1)
    box.start()
    made = Installation.create(
        tmp_path,
        TENURE_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
        TENURE_MAIL_FROM="Tenure <tenure@tenure.example>",
        TENURE_BASE_URL=BASE,
    )
    try:
        made.python(MAKE)
        first = made.spawn(WORK.format(minute=0))
        second = made.spawn(WORK.format(minute=0))
        wait_for(lambda: len(box.taken) >= READERS // 4)
        made.end(first, 9)
        wait_for(lambda: len(box.taken) >= READERS - 1)
        made.end(second)
        made.spawn(WORK.format(minute=40))  # when what the killed one held comes back
        ended = {"sent", "unsure"}
        wait_for(lambda: set(dict(made.rows(STATES)).values()) <= ended)
    finally:
        made.close()
        box.stop()
    states = dict(made.rows(STATES))
    mails = Counter(to[0] for to, _message in box.taken)
    assert len(states) == READERS
    assert set(mails.values()) == {1}
    assert all(mails[reader] == 1 for reader, state in states.items() if state == "sent")
    assert list(states.values()).count("unsure") <= 1
