"""The outbox: what is sent when, how often, with which headers, and what a failing world does."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.roles import Role
from tenure.plays.models import Channel, DoNotDisturb, Outgoing
from tenure.plays.outbox.putting import outbox_put
from tenure.plays.outbox.sending import LEASE, outbox_send
from tenure.plays.services.outgoing import outgoing_again
from tenure.plays.services.runs import run_stop
from tenure.plays.tests.going import MAIL, NOW, account, at_nine, go, person, play, run, user
from tenure.plays.tests.receiver import receiver
from tenure.timeline.models import Touchpoint
from tenure.web.tests.mailbox import BASE, mail_set, mailbox

__all__ = ["at_nine", "mailbox", "receiver"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]
State = Outgoing.State
MINUTE = timedelta(minutes=1)
EVIL = "Ann\r\nBcc: all@example.com"


def send(days=0.0, **later):
    with clock.at(NOW + timedelta(days=days, **later)):
        return outbox_send()


def row():
    return Outgoing.objects.get()


def mailed(owner=None, body=None, **about):
    """A mail that waits."""
    acme = account(owner=owner or user("ann"))
    somebody = person("chief", acme, **about)
    going = go(run(acme, play(body or MAIL)))
    return going, somebody


def hooked(receiver, kind="webhook", private=True, **step):
    """A webhook or chat message that waits."""
    channel = Channel.objects.create(
        name="ops", kind=kind, url=receiver.url, private=private, created_at=NOW,
        secret="whsec_" + base64.b64encode(b"k" * 32).decode(),
    )  # fmt: skip
    go(run(account(), play({kind: {"channel": "ops", **step}})))
    return channel


def test_a_mail_is_sent_once_from_the_installation_and_answered_to_the_owner(mailbox):
    going, _somebody = mailed()
    assert (send(), send()) == (1, 0)
    message = mailbox.messages[0]
    assert (message["From"], message["To"]) == (
        "Tenure <tenure@tenure.example>", "Chief <chief@acme.example>",
    )  # fmt: skip
    assert (message["Reply-To"], message["Subject"]) == ("ann <ann@x.example>", "Hello")
    assert message["Message-ID"].startswith("<play-")
    assert message["List-Unsubscribe"].strip().startswith(f"<{BASE}/unsubscribe/person/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mailbox.text().splitlines()[:3] == ["Dear Chief", "", "-- "]
    assert f"{BASE}/unsubscribe/person/" in mailbox.text()
    assert (row().state, row().run, row().ended_at) == (State.SENT, going, NOW)
    touch = Touchpoint.objects.get()
    assert (touch.kind, touch.direction, touch.subject) == ("email", "out", "Hello")


def test_nothing_that_was_loaded_can_add_a_header(mailbox):
    said = {"to": ["champion"], "subject": "On {{ person.name }}\r\nX-Evil: 1", "body": "x"}
    mailed(user("evil"), {"mail": said}, name=EVIL)
    type(row()).objects.update(payload={**row().payload, "name": EVIL, "subject": EVIL})
    send()
    message = mailbox.messages[0]
    assert (message["Bcc"], message["X-Evil"]) == (None, None)
    assert message["Subject"] == "Ann Bcc: all@example.com"
    assert mailbox.taken[0][0] == ["chief@acme.example"]


@pytest.mark.parametrize("address", ["a@x.example\r\nBcc: b@x.example", "a@x, b@y", "nobody"])
def test_what_is_no_address_is_never_given_to_the_server(mailbox, address):
    mailed()
    type(row()).objects.update(payload={**row().payload, "to": address})
    send()
    assert (row().state, mailbox.taken) == (State.FAILED, [])


def test_asked_for_again_under_its_key_it_is_the_same(mailbox):
    acme = account()
    given = {"key": "k", "kind": "mail", "account": acme, "payload": {}, "try_at": NOW}
    assert outbox_put(**given) == outbox_put(**given)


@pytest.mark.parametrize("why", ["stopped", "person", "account", "erased", "merged"])
def test_what_is_not_wanted_any_more_is_dropped_and_told(mailbox, why):
    going, somebody = mailed()
    if why == "stopped":
        type(going).objects.update(state="active")
        run_stop(actor=None, run=going, reason="They called")
    if why in {"person", "account"}:
        of = {why: somebody if why == "person" else going.account}
        DoNotDisturb.objects.create(since=NOW, recorded_at=NOW, **of)
    if why == "erased":
        type(somebody).objects.update(erased_at=NOW)
    if why == "merged":
        type(somebody).objects.update(merged_into=somebody)
    send()
    assert (row().state, bool(row().reason), mailbox.taken) == (State.DROPPED, True, [])


def test_a_mail_waits_for_the_end_of_the_quiet_hours_also_when_it_is_late(mailbox):
    mailed()
    evening = {"hours": 10}  # 19 o'clock
    assert send(**evening) == 0
    assert row().try_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert send(days=1) == 1


def test_a_server_that_is_down_gets_it_once_it_is_up_and_others_wait_aside(mailbox):
    acme = account()
    person("chief", acme), person("other", acme, "user")
    go(run(acme, play({"mail": {**MAIL["mail"], "most": 2}})))
    mailbox.stop()
    assert send() == 1
    first, second = Outgoing.objects.order_by("pk")
    assert (first.state, first.attempts, first.try_at) == (State.WAITING, 1, NOW + 2 * MINUTE)
    assert (second.state, second.attempts, second.try_at) == (State.WAITING, 0, NOW + MINUTE)
    mailbox.start()
    assert send(minutes=3) == 2
    assert len(mailbox.taken) == 2


@pytest.mark.parametrize(
    ("refusal", "state"), [("451 Busy", State.WAITING), ("550 No such user", State.FAILED)]
)
def test_what_the_server_refused_is_tried_again_or_told(mailbox, refusal, state):
    mailed()
    mailbox.refuse = refusal
    send()
    assert (row().state, row().reason) == (state, refusal)


def test_a_server_that_falls_silent_leaves_it_unsure_until_somebody_asks(mailbox):
    mailed()
    mailbox.silent = True
    send()
    assert row().state == State.UNSURE
    mailbox.silent = False
    before = len(mailbox.taken)
    assert send(days=1) == 0
    with clock.at(NOW + timedelta(days=7)):
        outgoing_again(actor=None, outgoing=row())
        assert outbox_send() == 1
    assert (row().state, len(mailbox.taken) - before) == (State.SENT, 1)


@pytest.mark.parametrize(
    ("handed", "state", "mails"), [(None, State.SENT, 1), (NOW, State.UNSURE, 0)]
)
def test_what_a_killed_worker_held_is_sent_or_unsure_but_never_twice(mailbox, handed, state, mails):
    mailed()
    Outgoing.objects.update(state=State.SENDING, claimed_at=NOW, handed_at=handed, attempts=1)
    assert send(seconds=LEASE.total_seconds()) == 0
    assert send(minutes=LEASE.total_seconds() / 60 + 1) == mails
    assert (row().state, len(mailbox.taken)) == (state, mails)


def test_without_a_mail_server_mails_wait_and_are_given_up_when_nobody_cares_any_more(settings):
    mailed()
    settings.SMTP_URL = ""
    assert send(days=1) == 0
    assert (row().state, row().attempts) == (State.WAITING, 0)
    send(days=6.1)
    assert (row().state, bool(row().reason)) == (State.FAILED, True)


def test_only_who_works_the_account_sends_again_and_only_what_may_not_have_gone(settings):
    going, _somebody = mailed()
    mail_set(settings, 25)
    ann = going.account.owners.get().owner
    with pytest.raises(TenureError):
        outgoing_again(actor=ann, outgoing=row())
    Outgoing.objects.update(state=State.UNSURE)
    for stranger in (user("bob"), user("vera", Role.VIEWER)):
        with pytest.raises(NotAllowed):
            outgoing_again(actor=stranger, outgoing=row())
    settings.SMTP_URL = ""
    with pytest.raises(TenureError):
        outgoing_again(actor=ann, outgoing=row())
    assert row().state == State.UNSURE


def test_a_webhook_is_signed_as_its_standard_says(receiver):
    hooked(receiver)
    assert send() == 1
    (path, headers, body), key = receiver.taken[0], row().key
    assert path == "/hook?a=1"
    assert (headers["webhook-id"], headers["Content-Type"]) == (key, "application/json")
    signed = f"{key}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(b"k" * 32, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(NOW.timestamp())
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["data"]["because"] == {"kind": "manual"}
    assert row().state == State.SENT


def test_a_webhook_is_tried_for_three_days_with_one_id_and_one_body(receiver):
    hooked(receiver)
    receiver.status, moment = 500, NOW
    while row().state == State.WAITING:
        moment = max(moment, row().try_at)
        with clock.at(moment):
            outbox_send()
    assert (row().state, row().reason) == (State.FAILED, "500 Internal Server Error")
    assert 9 <= len(receiver.taken) <= 11
    assert timedelta(days=2.9) < moment - NOW < timedelta(days=7)
    assert len({(headers["webhook-id"], body) for _p, headers, body in receiver.taken}) == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, State.SENT), (299, State.SENT), (302, State.WAITING), (404, State.WAITING),
     (410, State.FAILED)],
)  # fmt: skip
def test_only_a_yes_is_a_success_and_gone_is_the_end(receiver, status, state):
    hooked(receiver)
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    send()
    assert (row().state, len(receiver.taken)) == (state, 1)


def test_what_a_killed_worker_held_of_a_webhook_is_sent_again(receiver):
    hooked(receiver)
    Outgoing.objects.update(state=State.SENDING, claimed_at=NOW, handed_at=NOW, attempts=1)
    assert send(minutes=6) == 1
    assert (row().state, row().attempts) == (State.SENT, 2)


def test_a_channel_inside_is_not_reached_unless_allowed(receiver):
    hooked(receiver, private=False)
    send()
    assert (row().state, receiver.taken) == (State.FAILED, [])
    assert "127.0.0.1" in row().reason


@pytest.mark.parametrize("how", ["retired", "deleted"])
def test_what_goes_to_a_channel_that_is_no_more_is_dropped(receiver, how):
    channel = hooked(receiver)
    if how == "deleted":
        channel.delete()
    else:
        Channel.objects.update(retired_at=NOW)
    send()
    assert (row().state, receiver.taken) == (State.DROPPED, [])


def test_a_chat_message_is_text_in_which_nothing_calls_anybody(receiver):
    hooked(
        receiver, "chat", text="{{ account.name }} & <!channel> <http://x|y> @All a@allen.example"
    )
    send()
    body = json.loads(receiver.taken[0][2])
    assert body == {
        "text": "Acme &amp; &lt;!channel&gt; &lt;http://x|y&gt; @\u200bAll a@allen.example"
    }


def test_a_channel_that_fails_holds_up_nothing_but_itself(receiver):
    hooked(receiver)
    other = Channel.objects.create(
        name="down", kind="chat", url="http://127.0.0.1:9/", private=True, created_at=NOW
    )
    for number in range(3):
        outbox_put(
            key=f"d{number}", kind="chat", account=account(f"a{number}"), channel=other,
            payload={"text": "x"}, try_at=NOW - MINUTE,
        )  # fmt: skip
    assert send() == 2
    assert sorted(Outgoing.objects.values_list("state", "attempts")) == [
        ("sent", 1), ("waiting", 0), ("waiting", 0), ("waiting", 1),
    ]  # fmt: skip
