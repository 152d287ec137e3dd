"""Search: what is found, by whom, and what stays hidden."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tenure.accounts.models import Membership, Person
from tenure.core import clock
from tenure.core.roles import Role
from tenure.web.tests.factories import account_make

pytestmark = pytest.mark.django_db


def person_make(name: str, *accounts, email: str = "", **fields) -> Person:
    now = clock.now()
    person = Person.objects.create(
        external_id=f"p-{name}", name=name, email=email, recorded_at=now, **fields
    )
    for account in accounts:
        Membership.objects.create(person=person, account=account, recorded_at=now)
    return person


def asked(client, text: str) -> str:
    answer = client.get(reverse("search"), {"q": text}, headers={"HX-Target": "search-found"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def admin(client, users):
    client.force_login(users[Role.ADMIN])
    return client


def test_an_account_is_found_by_a_part_of_its_name_those_that_begin_with_it_first(admin):
    account_make("Great Northwind")
    account_make("Northwind Trading")
    page = asked(admin, "northw")
    assert page.index("Northwind Trading") < page.index("Great Northwind")


def test_a_person_is_found_by_mail_address_and_leads_to_the_row_of_the_account(admin):
    account = account_make("Acme")
    person = person_make("Ada Lovelace", account, email="ada@acme.example", title="CTO")
    page = asked(admin, "ada@acme")
    assert f"{reverse('account_people', args=[account.pk])}#person-{person.pk}" in page
    assert "CTO · Acme" in page


def test_the_row_that_a_person_leads_to_is_there(admin):
    account = account_make("Acme")
    person = person_make("Ada Lovelace", account)
    page = admin.get(reverse("account_people", args=[account.pk])).content.decode()
    assert f'id="person-{person.pk}"' in page


def test_erased_and_merged_people_are_not_found(admin):
    account = account_make("Acme")
    kept = person_make("Kept Personson", account)
    person_make("Gone Personson", account, erased_at=clock.now())
    person_make("Merged Personson", account, merged_into=kept)
    page = asked(admin, "Personson")
    assert "Kept" in page
    assert "Gone" not in page
    assert "Merged" not in page


def test_somebody_with_a_book_finds_only_what_is_in_it(client, users):
    mine = account_make("Mine Ltd", owner=users[Role.CSM])
    other = account_make("Other Ltd", owner=users[Role.LEADER])
    person_make("Paul Both", mine, other)
    person_make("Olga Other", other)
    client.force_login(users[Role.CSM])
    assert "Other Ltd" not in asked(client, "Ltd")
    assert "Olga Other" not in asked(client, "Olga")
    both = asked(client, "Paul")
    assert reverse("account_people", args=[mine.pk]) in both
    assert reverse("account_people", args=[other.pk]) not in both


def test_pages_and_actions_of_other_roles_are_not_offered(client, users):
    client.force_login(users[Role.CSM])
    assert reverse("settings_users") not in asked(client, "user")
    client.force_login(users[Role.ADMIN])
    assert reverse("settings_users") in asked(client, "user")


@pytest.mark.parametrize(
    ("words", "name"),
    [("letters", "letters"), ("new segment", "segment_new"), ("funnel", "adoption_funnel")],
)
def test_pages_below_those_of_the_navigation_are_found(client, users, words, name):
    client.force_login(users[Role.CSM])
    assert reverse(name) in asked(client, words)


def test_every_page_and_action_offered_can_be_opened(client, users):
    for role in Role:
        client.force_login(users[role])
        found = "".join(asked(client, word) for word in ("", "s", "e", "a"))
        addresses = {unescape(text) for text in re.findall(r'href="([^"]+)" data-hit', found)}
        assert addresses
        for address in addresses:
            assert client.get(address).status_code in {200, 302}, (role, address)


def test_hostile_text_is_shown_as_text(admin):
    page = asked(admin, "<script>alert(1)</script>\x00%_'")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_wildcard_of_the_database_finds_only_itself(admin):
    account_make("Plain")
    assert "Plain" not in asked(admin, "%")
    assert "Plain" not in asked(admin, "_")


def test_the_whole_page_works_without_script(admin):
    account_make("Acme")
    page = admin.get(reverse("search"), {"q": "acme"}).content.decode()
    assert "<h1>Search</h1>" in page
    assert "Acme" in page
