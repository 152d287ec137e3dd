"""The link of a mail by which a person ends such mails: no sign-in, nothing else, once."""

import pytest
from django.core import signing
from django.test import Client

from tenure.accounts.models import Person
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.plays.models import DoNotDisturb
from tenure.plays.outbox.tokens import token_of, unsubscribe_link
from tenure.web.digest.tokens import token_of as token_of_digest
from tenure.web.tests.mailbox import BASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody():
    return Person.objects.create(external_id="p", name="P", language="de", recorded_at=clock.now())


def link(person):
    return f"/unsubscribe/person/{token_of(person.pk)}"


def test_the_link_asks_first_and_ends_the_mails_when_the_form_is_sent(somebody, settings):
    settings.BASE_URL = BASE
    assert unsubscribe_link(somebody.pk) == BASE + link(somebody)
    client = Client(enforce_csrf_checks=True)
    asked = client.get(link(somebody))
    assert '<html lang="de"' in asked.content.decode()
    assert "no-store" in asked.headers["Cache-Control"]
    assert not DoNotDisturb.objects.exists()
    done = client.post(link(somebody), {"List-Unsubscribe": "One-Click"})
    row = DoNotDisturb.objects.get()
    assert (done.status_code, row.person, row.source, row.until) == (200, somebody, "person", None)
    assert "<form" not in done.content.decode()
    assert "<form" not in client.get(link(somebody)).content.decode()


def test_asking_again_and_again_writes_nothing_more(somebody):
    for _time in range(3):
        assert Client().post(link(somebody)).status_code == 200
    assert DoNotDisturb.objects.count() == 1
    assert AuditEntry.objects.filter(action="peace.by_person").count() == 1


def test_the_link_of_somebody_who_was_two_ends_the_mails_of_the_one(somebody):
    one = Person.objects.create(external_id="q", recorded_at=clock.now())
    Person.objects.filter(pk=somebody.pk).update(merged_into=one)
    assert Client().post(link(somebody)).status_code == 200
    assert DoNotDisturb.objects.get().person == one


def test_the_link_signs_nobody_in(somebody):
    client = Client()
    client.post(link(somebody))
    assert client.get("/profile").status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("spoil", ["tampered", "foreign", "digest", "nonsense", "gone", "erased"])
def test_a_token_that_is_not_ours_gets_a_sentence(users, somebody, method, spoil):
    token = {
        "tampered": token_of(somebody.pk)[:-2] + "xx",
        "foreign": signing.Signer(salt="something else").sign_object(somebody.pk),
        "digest": token_of_digest(next(iter(users.values())), "daily"),
        "nonsense": "nothing",
        "gone": token_of(987654),
        "erased": token_of(somebody.pk),
    }[spoil]
    if spoil == "erased":
        Person.objects.update(erased_at=clock.now())
    answer = getattr(Client(), method)(f"/unsubscribe/person/{token}")
    assert answer.status_code == 404
    assert not DoNotDisturb.objects.exists()
