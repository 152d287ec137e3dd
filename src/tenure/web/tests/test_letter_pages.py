"""Letters are written, looked at, printed and thrown away on pages; and who is left in peace."""

import pytest

from tenure.accounts.models import Membership, Person
from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.merging import faults
from tenure.plays.models import DoNotDisturb, KeptWish, Letter, Outgoing
from tenure.plays.selectors.wishes import digest_of
from tenure.plays.services.letters import Words, letter_write
from tenure.plays.starters import starters
from tenure.web.tests.factories import account_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(users):
    return account_make("Acme", owner=users[Role.CSM])


@pytest.fixture
def bo(acme):
    row = Person.objects.create(
        external_id="bo", name="Bo <b>Berg", email="bo@acme.example", recorded_at=clock.now()
    )
    Membership.objects.create(person=row, account=acme, role="sponsor", recorded_at=clock.now())
    return row


def text(answer):
    return answer.content.decode()


def test_a_letter_is_written_read_and_noted_as_printed(sign_in, acme, bo):
    client = sign_in(Role.CSM)
    page = text(client.get(f"/letters/new?account={acme.pk}&starter=thanks&language=de"))
    assert "Guten Tag {{ person.first_name }}" in page
    assert "Bo &lt;b&gt;Berg" in page
    words = {"title": "Hello", "body": "Dear {{ person.name }}", "language": "en"}
    answer = client.post("/letters/new", {"account": acme.pk, "person": bo.pk, **words})
    letter = Letter.objects.get()
    assert answer.url == f"/letters/{letter.pk}"
    assert "Dear Bo &lt;b&gt;Berg" in text(client.get(answer.url))
    sheet = text(client.get(f"/letters/print?letter={letter.pk}"))
    assert "Dear Bo &lt;b&gt;Berg" in sheet
    assert Letter.objects.get().state == "draft"
    client.post("/letters/print", {"letter": [letter.pk]})
    assert Letter.objects.get().state == "printed"
    assert "Hello" in text(client.get("/letters?state=printed"))
    assert "Hello" not in text(client.get("/letters"))
    assert "Hello" in text(client.get(f"/accounts/{acme.pk}/timeline"))


def test_what_a_letter_lacks_is_told_before_it_can_go_out(sign_in, acme):
    client = sign_in(Role.CSM)
    client.post(
        "/letters/new",
        {"account": acme.pk, "title": "T", "body": "Dear {{ person.name }}", "language": "xx"},
    )
    letter = Letter.objects.get()
    page = text(client.get(f"/letters/{letter.pk}"))
    assert "which is not known" in page
    assert "Send by e-mail" not in page
    assert "1 letter lacks something" in text(client.get(f"/letters/print?letter={letter.pk}"))
    answer = client.post("/letters/print", {"letter": [letter.pk]}, follow=True)
    assert "which is not known" in text(answer)
    answer = client.post(f"/letters/{letter.pk}/mail", follow=True)
    assert "print it instead" in text(answer)
    assert not Outgoing.objects.exists()


def test_what_was_typed_is_not_lost_on_a_fault(sign_in, acme):
    client = sign_in(Role.CSM)
    answer = client.post(
        "/letters/new",
        {"account": acme.pk, "title": "", "body": "A long text <i>", "language": "en"},
    )
    page = text(answer)
    assert "no title" in page
    assert "A long text &lt;i&gt;" in page
    letter = letter_write(actor=None, account=acme, words=Words("T", "B"))
    answer = client.post(
        f"/letters/{letter.pk}/edit", {"title": "T", "body": "{{ x.y }}"}, follow=True
    )
    assert "is no place" in text(answer)
    client.post(f"/letters/{letter.pk}/edit", {"title": "T2", "body": "B2", "person": "9" * 30})
    assert Letter.objects.get().title == "T2"
    client.post(f"/letters/{letter.pk}/discard")
    assert Letter.objects.get().state == "discarded"


def test_several_accounts_get_a_letter_each_and_only_those_of_the_book(sign_in, users, acme, bo):
    hers = account_make("Hers", owner=users[Role.LEADER])
    client = sign_in(Role.CSM)
    keys = [acme.pk, hers.pk]
    form = text(client.post("/letters/new", {"account": keys, "title": ""}))
    assert "to Acme" in form
    assert "Hers" not in form
    client.post("/letters/new", {"account": keys, "title": "T", "body": "B", "role": "champion"})
    assert [row.account for row in Letter.objects.all()] == [acme]
    leader = sign_in(Role.LEADER)
    leader.post("/letters/new", {"account": keys, "title": "U", "body": "B", "role": "champion"})
    made = Letter.objects.filter(title="U").order_by("account__name")
    assert [(row.account, row.person) for row in made] == [(acme, bo), (hers, None)]
    assert leader.get("/letters/new?account=x").status_code == 302


def test_letters_of_another_book_are_as_absent_as_ones_that_are_not(sign_in, users):
    hers = account_make("Hers", owner=users[Role.LEADER])
    letter = letter_write(actor=None, account=hers, words=Words("Secret", "B"))
    peace = DoNotDisturb.objects.create(account=hers, since=clock.now(), recorded_at=clock.now())
    client, viewer = sign_in(Role.CSM), sign_in(Role.VIEWER)
    assert client.get(f"/letters/{letter.pk}").status_code == 404
    assert client.get(f"/letters/print?letter={letter.pk}").status_code == 302
    assert "Secret" not in text(client.get("/letters"))
    assert client.get(f"/accounts/{hers.pk}/peace").status_code == 404
    posts = [f"/letters/{letter.pk}/{what}" for what in ("edit", "mail", "discard")]
    posts += [f"/accounts/{hers.pk}/peace/add", f"/accounts/{hers.pk}/peace/{peace.pk}/end"]
    for address in posts:
        assert client.post(address).status_code == 404
        assert viewer.post(address).status_code == 403
    assert viewer.get("/letters").status_code == 403
    assert Letter.objects.get().state == "draft"
    assert DoNotDisturb.objects.get().until is None


def test_a_number_without_end_names_nothing(sign_in, acme):
    client, number = sign_in(Role.CSM), "9" * 5000
    assert client.post("/letters/new", {"account": number}).status_code == 302
    assert client.post("/letters/print", {"letter": number}).status_code == 302
    answer = client.post(f"/accounts/{acme.pk}/peace/add", {"person": number})
    assert answer.status_code == 302


def test_who_asked_for_no_mails_before_their_data_was_erased_is_named(sign_in, acme, bo):
    said = "They had asked for it before their data was erased."
    client = sign_in(Role.CSM)
    assert said not in text(client.get(f"/accounts/{acme.pk}/peace"))
    KeptWish.objects.create(digest=digest_of(bo.email.upper()), since=clock.now())
    page = text(client.get(f"/accounts/{acme.pk}/peace"))
    assert said in page
    assert "Bo &lt;b&gt;Berg" in page.partition(said)[0]


def test_an_account_is_left_in_peace_and_reached_again(sign_in, acme, bo):
    client, address = sign_in(Role.CSM), f"/accounts/{acme.pk}/peace"
    client.post(f"{address}/add", {"person": bo.pk, "reason": "On <i>leave"})
    page = text(client.get(address))
    assert "On &lt;i&gt;leave" in page
    assert "for good" in page
    assert "left in peace by plays" in text(client.get(f"/accounts/{acme.pk}"))
    row = DoNotDisturb.objects.get()
    client.post(f"{address}/{row.pk}/end")
    assert "Plays may reach this account" in text(client.get(address))
    for until in ("2001-01-01", "soon"):
        answer = client.post(f"{address}/add", {"until": until}, follow=True)
        assert "Choose a day to come" in text(answer)
    assert DoNotDisturb.objects.count() == 1


def test_what_a_person_asked_for_is_not_ended_by_others(sign_in, acme, bo):
    now = clock.now()
    row = DoNotDisturb.objects.create(person=bo, since=now, source="person", recorded_at=now)
    client = sign_in(Role.CSM)
    answer = client.post(f"/accounts/{acme.pk}/peace/{row.pk}/end", follow=True)
    assert "only they can say otherwise" in text(answer)


def test_letters_to_begin_with_are_there_in_every_language(settings):
    codes = {code for code, _name in settings.LANGUAGES}
    for starter in starters():
        for words in (starter.name, starter.title, starter.body):
            assert set(words) == codes
            assert len(set(words.values())) == len(codes)
            assert not [fault for text in words.values() for fault in faults(text)]
