"""Digests on their way: when they fall due, once each, and what a failing server does to them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django_tasks_db.models import DBTaskResult

from tenure.cli.work import queue_digests, run_tasks
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.models import RoleGrant, User
from tenure.core.roles import Role
from tenure.core.services import user_set_role
from tenure.plays.services import task_create
from tenure.web.digest.services.choice import digest_choose
from tenure.web.digest.services.queue import LEASE, digests_queue
from tenure.web.digest.services.sending import send
from tenure.web.models import DigestChoice, DigestSend
from tenure.web.tests.factories import account_make
from tenure.web.tests.mailbox import mailbox

__all__ = ["mailbox"]
pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
State = DigestSend.State


@pytest.fixture
def csm(users):
    """A success manager with a task due on Wednesday, whose leader wants no digest."""
    cache.clear()
    user = users[Role.CSM]
    User.objects.update(created_at=WEDNESDAY - timedelta(days=30))
    digest_choose(actor=users[Role.LEADER], kind="none", hour=7)
    RoleGrant.objects.update(since=WEDNESDAY - timedelta(days=30))
    account = account_make("Aster Foods", owner=user)
    ContractState.objects.create(account=account, as_of=WEDNESDAY, mrr=Decimal(900))
    with clock.at(WEDNESDAY):
        task_create(
            actor=user, account=account, title="Call them", due_on=WEDNESDAY.date(), owner=user
        )
    return user


def queue_at(moment):
    with clock.at(moment):
        return digests_queue()


def send_at(moment, key):
    with clock.at(moment):
        return send(key)


def row_of(user, kind="daily"):
    return DigestSend.objects.get(user=user, kind=kind)


def due_row(user):
    queue_at(WEDNESDAY)
    return row_of(user)


@pytest.mark.django_db(transaction=True)  # the worker drops the connection it was given
def test_the_worker_sends_what_is_due_once(csm, mailbox, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: WEDNESDAY)
    for _turn in range(2):
        queue_digests()
        run_tasks()
    assert [to for to, _message in mailbox.taken] == [[csm.email]]
    assert row_of(csm).state == State.SENT
    assert DBTaskResult.objects.count() == 1
    assert mailbox.messages[0]["Subject"] == "4 Mar 2026: 1 account to see to"


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (WEDNESDAY.replace(hour=6, minute=59), 0),
        (WEDNESDAY.replace(hour=7, minute=0), 1),
        (WEDNESDAY.replace(hour=23, minute=59), 1),
        (WEDNESDAY + timedelta(days=3), 0),  # a Saturday
    ],
)
def test_a_daily_one_is_due_from_its_hour_on_working_days(csm, mailbox, moment, due):
    assert queue_at(moment) == due


def test_the_hour_is_that_of_the_companys_clock(csm, mailbox, settings):
    settings.COMPANY_TIME_ZONE = ZoneInfo("Pacific/Auckland")  # 13 hours ahead in March
    assert queue_at(datetime(2026, 3, 4, 17, 59, tzinfo=UTC)) == 0
    assert queue_at(datetime(2026, 3, 4, 18, 0, tzinfo=UTC)) == 1
    assert row_of(csm).period.isoformat() == "2026-03-05"


def test_a_leader_gets_the_weekly_one_on_monday(csm, users, mailbox):
    DigestChoice.objects.all().delete()
    assert queue_at(WEDNESDAY - timedelta(days=2)) == 2
    row = row_of(users[Role.LEADER], "weekly")
    assert row.period.isoformat() == "2026-03-02"
    assert send_at(WEDNESDAY - timedelta(days=2), row.pk) == State.SENT


def test_a_weekly_one_that_is_late_still_goes_out_until_thursday(csm, mailbox):
    DigestChoice.objects.all().delete()
    assert queue_at(WEDNESDAY) == 2
    DigestSend.objects.all().delete()
    assert queue_at(WEDNESDAY + timedelta(days=1)) == 1


def test_administrators_and_viewers_get_none_unless_they_choose(csm, users, mailbox):
    queue_at(WEDNESDAY - timedelta(days=2))
    for role in (Role.ADMIN, Role.VIEWER):
        assert not DigestSend.objects.filter(user=users[role]).exists()


def test_what_fell_due_before_it_was_chosen_is_not_sent(csm, mailbox):
    with clock.at(WEDNESDAY + timedelta(hours=3)):
        digest_choose(actor=csm, kind="daily", hour=8)
        assert digests_queue() == 0
    assert queue_at(WEDNESDAY + timedelta(days=1, hours=1)) == 1


def test_nothing_is_queued_while_a_setting_is_missing(csm, mailbox, settings):
    settings.BASE_URL = ""
    assert queue_at(WEDNESDAY) == 0
    assert not DigestSend.objects.exists()


def test_with_nothing_to_say_no_mail_is_sent(csm, mailbox):
    csm.tasks.update(status="done")
    row = due_row(csm)
    assert send_at(WEDNESDAY, row.pk) == State.EMPTY
    assert not mailbox.taken


def test_a_user_who_chose_otherwise_meanwhile_gets_nothing(csm, mailbox):
    row = due_row(csm)
    digest_choose(actor=csm, kind="none", hour=7)
    assert send_at(WEDNESDAY, row.pk) == State.DROPPED
    assert not mailbox.taken


def test_a_role_taken_away_meanwhile_ends_its_digest(csm, mailbox):
    row = due_row(csm)
    user_set_role(actor=None, user=csm, role=Role.VIEWER)
    with clock.at(clock.now() + MINUTES):
        assert send(row.pk) == State.DROPPED


def test_a_worker_killed_before_the_server_had_the_mail_loses_nothing(csm, mailbox):
    row = due_row(csm)
    DigestSend.objects.filter(pk=row.pk).update(
        state=State.SENDING, claimed_at=WEDNESDAY, attempts=1
    )
    assert queue_at(WEDNESDAY + LEASE) == 0
    later = WEDNESDAY + LEASE + MINUTES
    assert queue_at(later) == 1
    assert send_at(later, row.pk) == State.SENT
    assert len(mailbox.taken) == 1


def test_a_worker_killed_while_the_server_had_the_mail_doubles_nothing(csm, mailbox):
    row = due_row(csm)
    DigestSend.objects.filter(pk=row.pk).update(
        state=State.SENDING, claimed_at=WEDNESDAY, handed_at=WEDNESDAY, attempts=1
    )
    later = WEDNESDAY + LEASE + MINUTES
    assert queue_at(later) == 0
    assert row_of(csm).state == State.UNSURE
    assert send_at(later, row.pk) == ""
    assert not mailbox.taken


def test_a_slow_worker_whose_row_was_taken_hands_nothing_over(csm, mailbox, monkeypatch):
    from tenure.web.digest.services import sending

    row, write = due_row(csm), sending.message_of

    def slowly(*given):
        DigestSend.objects.filter(pk=row.pk).update(attempts=2)  # another worker took it meanwhile
        return write(*given)

    monkeypatch.setattr(sending, "message_of", slowly)
    assert send_at(WEDNESDAY, row.pk) == ""
    assert not mailbox.taken


def test_a_server_that_is_down_gets_it_once_it_is_up(csm, mailbox):
    mailbox.stop()
    row = due_row(csm)
    assert send_at(WEDNESDAY, row.pk) == State.WAITING
    row.refresh_from_db()
    assert "refused" in row.reason.lower()
    assert queue_at(WEDNESDAY + MINUTES) == 0
    mailbox.start()
    later = WEDNESDAY + 3 * MINUTES
    assert queue_at(later) == 1
    assert send_at(later, row.pk) == State.SENT
    row.refresh_from_db()
    assert (len(mailbox.taken), row.attempts, row.reason) == (1, 2, "")


def test_waiting_grows_longer_with_every_failure(csm, mailbox):
    mailbox.refuse = "451 Too busy"
    row, moment, waits = due_row(csm), WEDNESDAY, []
    for _attempt in range(3):
        assert send_at(moment, row.pk) == State.WAITING
        row.refresh_from_db()
        waits.append((row.try_at - moment) / MINUTES)
        moment = row.try_at
    assert waits == [2, 5, 15]
    assert row.reason == "451 Too busy"


@pytest.mark.parametrize("where", ["refuse", "refuse_recipient"])
def test_a_refusal_for_good_is_kept_with_its_reason(csm, mailbox, where):
    setattr(mailbox, where, "550 No such user")
    row = due_row(csm)
    assert send_at(WEDNESDAY, row.pk) == State.FAILED
    row.refresh_from_db()
    assert row.reason == "550 No such user"
    assert queue_at(WEDNESDAY + timedelta(hours=2)) == 0


def test_a_server_that_falls_silent_in_the_middle_is_not_asked_again(csm, mailbox):
    mailbox.silent = True
    row = due_row(csm)
    assert send_at(WEDNESDAY, row.pk) == State.UNSURE
    assert queue_at(WEDNESDAY + timedelta(hours=2)) == 0


def test_yesterdays_digest_is_given_up_and_todays_goes_out(csm, mailbox):
    mailbox.refuse = "451 Too busy"
    row = due_row(csm)
    send_at(WEDNESDAY, row.pk)
    assert queue_at(WEDNESDAY + timedelta(days=1)) == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "451 Too busy")


def test_old_rows_are_forgotten(csm, mailbox):
    row = due_row(csm)
    queue_at(WEDNESDAY + timedelta(days=91))
    assert not DigestSend.objects.filter(pk=row.pk).exists()
