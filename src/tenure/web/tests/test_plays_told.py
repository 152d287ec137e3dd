"""The timeline of an account tells what plays did, and not who was held out."""

from datetime import timedelta

import pytest

from tenure.accounts.models import Person
from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.models import Approval, Outgoing, Play, Run, RunStep
from tenure.plays.services import play_save
from tenure.timeline.rows import TouchpointRow
from tenure.timeline.services import touchpoint_upsert_many
from tenure.web.tests.factories import account_make, ago

pytestmark = pytest.mark.django_db
BODY = {
    "title": {"en": "Save <b>them", "de": "Retten"},
    "goal": "Keep the account.",
    "category": "risk",
    "trigger": {"on": "manual"},
    "steps": [{"task": {"title": "Call"}}],
}


@pytest.fixture
def acme(users):
    return account_make("Acme", owner=users[Role.CSM])


@pytest.fixture
def play():
    play_save(actor=None, key="save", body=BODY)
    return Play.objects.get_or_create(key="save")[0]


def run(play, account, **values):
    given = {"state": Run.State.DONE, "met_at": ago(9), "started_at": ago(9)} | values
    return Run.objects.create(play=play, version=1, account=account, **given)


def told(client, account, query="?kind=play"):
    return client.get(f"/accounts/{account.pk}/timeline{query}").content.decode()


def test_start_steps_decision_and_end_are_told(sign_in, users, acme, play):
    going = run(play, acme, ended_at=ago(1), started_by=users[Role.LEADER])
    RunStep.objects.create(
        run=going, visit=0, position=0, kind="mail", at=ago(8), outcome="done",
        detail={"people": [1, 2]},
    )  # fmt: skip
    RunStep.objects.create(
        run=going, visit=1, position=0, kind="mail", at=ago(8), outcome="skipped"
    )
    Approval.objects.create(
        run=going, visit=2, role="leader", question="May we?", asked_at=ago(7), expires_at=ago(5),
        decision="yes", decided_at=ago(6), decided_by=users[Role.LEADER],
    )  # fmt: skip
    page = told(sign_in(Role.CSM), acme)
    for words in ("Save &lt;b&gt;them", "started", "wrote to 2 people", "approved", "done"):
        assert words in page
    assert page.count("wrote to") == 1
    past = (clock.today() - timedelta(days=3)).isoformat()
    assert "approved" in told(sign_in(Role.CSM), acme, f"?kind=play&on={past}")
    long_ago = (clock.today() - timedelta(days=12)).isoformat()
    assert "Save" not in told(sign_in(Role.CSM), acme, f"?kind=play&on={long_ago}")


def test_who_was_held_out_is_not_told(sign_in, acme, play):
    run(play, acme, state=Run.State.HELD_OUT, held_out=True, ended_at=None)
    page = told(sign_in(Role.CSM), acme, "")
    assert "Save" not in page
    assert "held out" not in page


def test_what_did_not_go_out_is_told_with_the_reason(sign_in, acme):
    Outgoing.objects.create(
        key="x", kind="mail", account=acme, payload={"subject": "Hello <i>"}, state="unsure",
        made_at=ago(2), try_at=ago(2), ended_at=ago(1), reason="it fell silent",
    )  # fmt: skip
    page = told(sign_in(Role.CSM), acme)
    for words in ("Hello &lt;i&gt;", "may have been sent", "it fell silent"):
        assert words in page


def test_a_mail_and_what_answers_it_are_told_of_each_other(sign_in, acme):
    Person.objects.create(external_id="Pia", name="Pia", recorded_at=ago(60))
    mails = [{"id": f"tenure:{n}", "subject": f"Hello {n}", "message_id": f"<m{n}@x>",
              "direction": "out", "occurred_at": ago(30 - 10 * n)} for n in (1, 2)]  # fmt: skip
    answers = [
        {"id": "a1", "subject": "Re", "in_reply_to": "<m1@x>", "occurred_at": ago(9)},
        {"id": "a2", "subject": "Oh", "occurred_at": ago(8)},
    ]
    touchpoint_upsert_many(rows=[
        TouchpointRow(**({"account_id": acme.external_id, "kind": "email", "direction": "in",
                          "person_ids": ("Pia",)} | one))
        for one in (*mails, *answers)
    ], at=ago(5))  # fmt: skip
    page = told(sign_in(Role.CSM), acme, "?kind=touchpoint")
    for words in (
        "answers “Hello 1” of",
        "possibly an answer to “Hello 2” of",
        "possibly answered",
    ):
        assert words in page
    assert page.count("answered on") == 2
    past = ago(7).date().isoformat()
    assert "answers “" not in told(sign_in(Role.CSM), acme, f"?kind=touchpoint&on={past}")
