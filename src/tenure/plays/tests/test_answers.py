"""What answers a mail of a play, and what plays do with it."""

from datetime import timedelta

import pytest

from tenure.core import clock
from tenure.core.errors import InvalidDefinition
from tenure.core.mail.addresses import message_id
from tenure.plays.models import Outgoing, Run
from tenure.plays.outbox.sending import outbox_send
from tenure.plays.running.conditions import Holding
from tenure.plays.running.leaving import leave_early
from tenure.plays.running.waiting import waits_end
from tenure.plays.services import play_save
from tenure.plays.tests.going import MAIL, NOW, account, at_nine, go, person, play, run, told
from tenure.segments.conditions import parse as parse_segment
from tenure.timeline.models import Touchpoint
from tenure.timeline.replies import MOST_IDS, Heard, Sent, ids_in, ties
from tenure.timeline.rows import TouchpointRow
from tenure.timeline.services import touchpoint_upsert_many
from tenure.web.tests.mailbox import mail_set, mailbox

__all__ = ["at_nine", "mail_set", "mailbox"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def asked(*words):
    return {"all": [{"field": "run.answer", "op": "one_of", "value": list(words)}]}


WAIT = {"wait": {"until": asked("yes"), "days": 10}}
CALL = {"task": {"title": "Call"}}
EITHER = asked("yes", "possibly")
SPLIT = {"branch": {"when": EITHER, "then": [{"stop": {}}], "otherwise": [CALL]}}


def sent(on, name="acme"):
    """A run whose mail went out."""
    acme = account(name)
    person(f"chief-{name}", acme, email=f"chief@{name}.example")
    going = go(run(acme, on))
    outbox_send()
    return going


def heard(going, *, refers="", days=1.0, who="", kind="email", name="t1"):
    """Somebody of the account wrote."""
    at = NOW + timedelta(days=days)
    touchpoint_upsert_many(
        rows=[TouchpointRow(
            id=f"{name}-{going.account.external_id}", account_id=going.account.external_id,
            kind=kind, occurred_at=at, direction="in", in_reply_to=refers,
            person_ids=(who or f"chief-{going.account.external_id}",),
        )],
        at=at,
    )  # fmt: skip


def mail_of(going):
    return message_id("play", Outgoing.objects.get(run=going, kind="mail").key)


def test_the_touch_of_a_mail_keeps_the_message_id_it_went_out_with(mailbox):
    going = sent(play(MAIL, WAIT))
    touch = Touchpoint.objects.get()
    assert f"<{touch.message_id}>" == mailbox.messages[0]["Message-ID"] == mail_of(going)


def test_a_wait_for_an_answer_ends_with_the_mail_that_refers_to_ours(mailbox):
    on = play(MAIL, WAIT)
    going, other = sent(on), sent(on, "other")
    heard(going, refers=f"<else@x.example> {mail_of(going)}")
    heard(other, refers="<else@x.example>")
    with clock.at(NOW + timedelta(days=2)):
        assert waits_end(Holding(clock.today())) == 1
    assert go(going, days=2).state == Run.State.DONE
    assert go(other, days=2).state == Run.State.ACTIVE
    assert told(go(other, days=10))[-1] == "wait timeout"


@pytest.mark.parametrize(
    ("answer", "way"),
    [
        ({"refers": "ours"}, "yes"),
        ({}, "yes"),
        ({"kind": "call"}, "yes"),
        ({"refers": "<else@x.example>"}, "no"),
        ({"who": "other"}, "no"),
        ({"days": 15}, "no"),
        (None, "no"),
    ],
)
def test_a_branch_goes_by_what_is_or_possibly_is_an_answer(mailbox, answer, way):
    going = sent(play(MAIL, {"wait": {"days": 20}}, SPLIT))
    person("other", going.account, "user")
    if answer is not None:
        refers = mail_of(going) if answer.get("refers") == "ours" else answer.get("refers", "")
        heard(going, **{**answer, "refers": refers})
    assert f"branch {way}" in told(go(going, days=20))


def test_an_answer_to_another_play_is_none_to_this_one(mailbox):
    going = sent(play(MAIL, {"wait": {"days": 20}}, SPLIT))
    other = Outgoing.objects.create(
        key="999:1:0", kind="mail", account=going.account, payload={}, state="sent",
        made_at=NOW, try_at=NOW, handed_at=NOW,
    )  # fmt: skip
    heard(going, refers=message_id("play", other.key))
    assert "branch no" in told(go(going, days=20))


def test_a_run_leaves_when_its_mail_is_answered(mailbox):
    on = play(MAIL, {"wait": {"days": 30}}, leave=asked("yes"))
    going, other = sent(on), sent(on, "other")
    heard(going, refers=mail_of(going))
    heard(other)
    with clock.at(NOW + timedelta(days=2)):
        assert leave_early(clock.today()) == 1
    going.refresh_from_db()
    assert going.state == Run.State.EXITED
    assert go(other, days=3).state == Run.State.ACTIVE


@pytest.mark.parametrize("part", ["audience", "trigger"])
def test_only_a_play_under_way_can_be_asked(part):
    rule = asked("yes")
    where = (
        {"audience": rule} if part == "audience" else {"trigger": {"on": "enters", "rule": rule}}
    )
    body = {"title": "t", "goal": "g", "category": "risk", "trigger": {"on": "manual"}}
    body |= {"steps": [MAIL], **where}
    with pytest.raises(InvalidDefinition, match="only be asked in a wait, a branch or the exit"):
        play_save(actor=None, key="k", body=body)
    with pytest.raises(InvalidDefinition, match="only be asked in a wait, a branch or the exit"):
        parse_segment({"title": "t", **rule})


def test_message_ids_are_read_from_headers_of_any_form():
    assert ids_in("<a@x> <b@x>,\r\n <a@x>") == ("a@x", "b@x")
    assert ids_in("  ") == ()
    many = ids_in(" ".join(f"<{n}@x>" for n in range(1000)) + " " + "y" * 400)
    assert len(many) == MOST_IDS
    assert (many[0], many[-1]) == ("0@x", "999@x")


def test_a_touch_answers_the_newest_mail_it_refers_to_and_supposes_only_ours():
    def mail(key, day, ours=True):
        at = NOW + timedelta(days=day)
        return Sent(key, frozenset({f"m{key}"}), at, frozenset({7}), ours)

    mails = [mail(1, 0), mail(2, 3), mail(3, 4, ours=False)]
    at, who = NOW + timedelta(days=5), frozenset({7})
    both, none = Heard(1, frozenset({"m1", "m2"}), at, who), Heard(2, frozenset(), at, who)
    found = [(tie.sent.key, tie.heard.key, tie.sure) for tie in ties(mails, [both, none])]
    assert found == [(2, 1, True), (2, 2, False)]
