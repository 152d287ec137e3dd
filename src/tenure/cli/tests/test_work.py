"""`tenure work`: what one turn of each of its loops does."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tenure.cli.work import Refresher, drain, run_plays, run_tasks, send_outgoing
from tenure.core import clock
from tenure.core.models import StageRun
from tenure.core.services import key_create
from tenure.events import inbox
from tenure.events.inbox import Entry, RejectedEvent
from tenure.events.selectors import store_snapshot
from tenure.intake.models import Reject
from tenure.plays.tests import going as plays

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings):
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.INBOX_PATH = tmp_path / "inbox.sqlite3"
    yield
    inbox.close()


def test_draining_stores_events_and_shows_rejects():
    payload = msgspec.json.encode({"batch": [{"type": "track", "event": "e", "userId": "u"}]})
    fault = RejectedEvent(NOW, "track", 1, "userId", "", "It is empty.")
    inbox.append([Entry("segment", "batch", payload, 1, NOW, 1, (fault,))])
    assert drain()
    assert (inbox.depth(), store_snapshot().rows, Reject.objects.count()) == (0, 1, 1)
    assert not drain()


@pytest.mark.django_db(transaction=True)  # the worker drops the connection it was given
def test_without_tasks_there_is_nothing_to_run():
    assert not run_tasks()


def ran(moment):
    StageRun.objects.create(stage="metrics", started_at=moment, ended_at=moment, outcome="done")


def test_a_refresh_is_due_when_there_was_none_or_a_new_day_has_begun():
    refresher = Refresher(600)
    with clock.at(NOW):
        assert refresher._due()
        ran(NOW - timedelta(days=1))
        assert refresher._due()


def test_a_refresh_is_due_when_something_came_in_but_not_too_often():
    refresher = Refresher(600)
    with clock.at(NOW):
        ran(NOW)
    with clock.at(NOW + timedelta(minutes=5)):
        key_create(actor=None, name="x", scope="track")
        assert not refresher._due()
    with clock.at(NOW + timedelta(minutes=11)):
        assert refresher._due()


def test_no_refresh_is_due_while_nothing_happens():
    with clock.at(NOW):
        ran(NOW)
    with clock.at(NOW + timedelta(hours=5)):
        assert not Refresher(600)._due()


def test_plays_go_on_and_what_they_wrote_is_sent(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: plays.NOW)
    acme = plays.account()
    plays.person("chief", acme)
    going = plays.run(acme, plays.play(plays.MAIL, {"stop": {}}))
    assert not run_plays()  # it all was one batch
    assert plays.told(going) == ["mail done", "stop done"]
    assert not send_outgoing()  # no mail server is named: it waits
    assert plays.going_out()[0].state == "waiting"
