"""Choosing a digest, unsubscribing by link, and what administrators see of mail."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from tenure.cli import check
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.web.digest.choices import chosen_of
from tenure.web.digest.services.choice import digest_choose
from tenure.web.digest.tokens import token_of, unsubscribe_link
from tenure.web.models import DigestChoice, DigestSend
from tenure.web.tests.mailbox import BASE, mail_set, mailbox

__all__ = ["mailbox"]
pytestmark = pytest.mark.django_db


def choose(client, kind, hour="9"):
    data = {"digest-kind": kind, "digest-hour": hour}
    return client.post("/profile/digest", data, follow=True).content.decode()


def link_of(user, kind="daily"):
    return f"/unsubscribe/{token_of(user, kind)}"


@pytest.mark.parametrize(
    ("role", "usual", "kinds"),
    [
        (Role.CSM, "daily", ["daily", "none"]),
        (Role.LEADER, "weekly", ["daily", "weekly", "none"]),
        (Role.ADMIN, "none", ["daily", "weekly", "none"]),
        (Role.VIEWER, "none", None),
    ],
)
def test_each_role_is_offered_its_digests(sign_in, users, role, usual, kinds):
    assert chosen_of(users[role]).kind == usual
    form = sign_in(role).get("/profile").context["digest_form"]
    assert (form and [key for key, _name in form.fields["kind"].choices]) == kinds


def test_a_choice_is_kept_and_audited(sign_in, users):
    assert "Your digest is saved." in choose(sign_in(Role.LEADER), "daily")
    row = DigestChoice.objects.get()
    assert (row.user, row.kind, row.hour) == (users[Role.LEADER], "daily", 9)
    entry = AuditEntry.objects.get(action="digest.choose")
    assert (entry.actor, entry.detail) == (row.user, {"kind": "daily", "hour": 9})


@pytest.mark.parametrize(
    ("role", "kind", "hour"),
    [(Role.CSM, "weekly", "9"), (Role.CSM, "daily", "24"), (Role.VIEWER, "daily", "9")],
)
def test_what_is_not_offered_is_refused(sign_in, role, kind, hour):
    assert "Choose a digest and an hour of the lists." in choose(sign_in(role), kind, hour)
    assert not DigestChoice.objects.exists()


def test_a_choice_that_the_role_lost_falls_back_to_its_usual(users):
    digest_choose(actor=users[Role.LEADER], kind="weekly", hour=5)
    users[Role.LEADER].role_grants.update(role=Role.CSM)
    assert chosen_of(users[Role.LEADER]).kind == "daily"


def test_the_profile_says_when_no_mail_is_set_up(sign_in, settings):
    client = sign_in(Role.CSM)
    assert "No mail is sent from here yet" in client.get("/profile").content.decode()
    mail_set(settings, 25)
    assert "No mail is sent from here yet" not in client.get("/profile").content.decode()


def test_the_link_asks_first_and_unsubscribes_when_the_form_is_sent(users):
    csm, client = users[Role.CSM], Client(enforce_csrf_checks=True)
    asked = client.get(link_of(csm))
    assert "Unsubscribe from this digest?" in asked.content.decode()
    assert "no-store" in asked.headers["Cache-Control"]
    assert chosen_of(csm).kind == "daily"
    done = client.post(link_of(csm), {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, chosen_of(csm).kind) == (200, "none")
    assert "You are unsubscribed" in done.content.decode()
    entry = AuditEntry.objects.get(action="digest.choose")
    assert (entry.actor, entry.detail) == (csm, {"kind": "none", "by": "link"})


def test_unsubscribing_twice_changes_nothing_more(users):
    for _time in range(2):
        assert Client().post(link_of(users[Role.CSM])).status_code == 200
    assert AuditEntry.objects.filter(action="digest.choose").count() == 1


def test_a_link_ends_only_the_digest_it_came_with(users):
    leader = users[Role.LEADER]
    assert Client().post(link_of(leader, "daily")).status_code == 200
    assert chosen_of(leader).kind == "weekly"


def test_a_link_ends_nobody_elses_digest_and_signs_nobody_in(users):
    client = Client()
    client.post(link_of(users[Role.CSM]))
    assert chosen_of(users[Role.LEADER]).kind == "weekly"
    assert client.get("/profile").status_code == 302


@pytest.mark.parametrize("spoil", ["tampered", "foreign", "nonsense", "gone"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_that_is_not_ours_gets_a_sentence(users, spoil, method):
    csm = users[Role.CSM]
    token = {
        "tampered": token_of(csm, "daily")[:-2] + "xx",
        "foreign": signing.Signer(salt="something else").sign_object([csm.pk, "daily"]),
        "nonsense": "nothing",
        "gone": token_of(type(csm)(pk=987654), "daily"),
    }[spoil]
    answer = getattr(Client(), method)(f"/unsubscribe/{token}")
    assert answer.status_code == 404
    assert "This link does not unsubscribe anybody" in answer.content.decode()
    assert chosen_of(csm).kind == "daily"


def test_the_page_is_in_the_language_of_the_mail(users, settings):
    settings.BASE_URL = BASE
    csm = users[Role.CSM]
    csm.language = "de"
    csm.save()
    path = unsubscribe_link(csm, "daily").removeprefix(BASE)
    assert '<html lang="de"' in Client().get(path).content.decode()


def test_settings_say_what_is_missing(sign_in):
    html = sign_in(Role.ADMIN).get("/settings/mail").content.decode()
    assert "set TENURE_SMTP_URL" in html
    assert "set TENURE_BASE_URL" in html
    assert "Send me a test" not in html


def test_settings_show_the_last_digests_and_their_failures(sign_in, users, settings):
    mail_set(settings, 25)
    settings.SMTP_URL, now = "smtp://somebody:secret@127.0.0.1:25", clock.now()
    for n, state in enumerate(DigestSend.State):
        DigestSend.objects.create(
            user=users[Role.CSM], kind="daily", period=now.date() - timedelta(days=n), state=state,
            made_at=now, try_at=now, attempts=n % 2, reason="550 <b>" if state == "failed" else "",
        )  # fmt: skip
    client = sign_in(Role.ADMIN)
    html = client.get("/settings/mail").content.decode()
    assert "550 &lt;b&gt;" in html
    assert "secret" not in html
    shown = client.get("/settings/mail?only=trouble").context["rows"]
    assert {row.state for row, _tone in shown} == {"failed", "unsure"}


def test_a_test_mail_arrives_and_is_audited(sign_in, users, mailbox):
    client = sign_in(Role.ADMIN)
    said = client.post("/settings/mail/test", follow=True).content.decode()
    assert "The mail server took a test mail to admin@example.com." in said
    assert mailbox.messages[0]["To"].addresses[0].addr_spec == "admin@example.com"
    assert f"{BASE}/profile" in mailbox.text()
    assert AuditEntry.objects.filter(action="mail.test", actor=users[Role.ADMIN]).exists()


def test_a_test_mail_that_is_refused_says_why(sign_in, mailbox):
    mailbox.refuse_recipient = "550 No such user"
    said = sign_in(Role.ADMIN).post("/settings/mail/test", follow=True).content.decode()
    assert "The mail server did not take it: 550 No such user" in said
    assert not AuditEntry.objects.filter(action="mail.test").exists()


@pytest.mark.parametrize("role", [Role.CSM, Role.LEADER, Role.VIEWER])
def test_only_administrators_see_and_test_mail(sign_in, mailbox, role):
    client = sign_in(role)
    assert client.get("/settings/mail").status_code == 403
    assert client.post("/settings/mail/test").status_code == 403
    assert not mailbox.taken


def checked():
    return {result.name: result for result in check._mail()}


def test_check_tries_the_server_and_names_what_is_missing(mailbox, settings):
    assert all(result.fine for result in checked().values())
    settings.BASE_URL = ""
    assert "set TENURE_BASE_URL" in checked()["mail settings"].found
    mailbox.stop()
    assert not checked()["mail server"].fine


def test_check_is_content_without_mail():
    assert checked()["mail"].fine
