"""Who champions us or has a say, who of them left, and accounts asked about by their keys."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts.models import Account, Membership, Person
from tenure.accounts.selectors import book_of_keys, key_people, key_people_left, memberships_ended

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)


def member(of, name, role="champion", since=None, until=None, **person):
    who, _new = Person.objects.get_or_create(
        external_id=name, defaults={"name": name, "recorded_at": NOW, **person}
    )
    return Membership.objects.create(
        person=who, account=of, role=role, since=since, until=until, recorded_at=NOW
    )


def test_key_people_left_are_those_with_no_such_role_any_more():
    acme = Account.objects.create(external_id="a", name="a", recorded_at=NOW)
    gone = NOW - timedelta(hours=3)
    member(acme, "left", until=gone)
    member(acme, "left long ago", until=NOW - timedelta(days=9))
    member(acme, "user", role="user", until=gone)
    member(acme, "erased", until=gone, erased_at=NOW)
    member(acme, "promoted", until=gone)
    member(acme, "promoted", role="decision_maker", since=gone)
    member(acme, "stays", role="sponsor")
    member(acme, "to come", since=NOW + timedelta(days=3))
    every = Account.objects.all()
    assert [m.person.name for m in key_people_left(every, SINCE, NOW)] == ["left"]
    assert {m.person.name for m in key_people(every, NOW)} == {"promoted", "stays"}
    assert not key_people_left(Account.objects.none(), SINCE, NOW)
    ended = {m.person.name for m in memberships_ended(every, SINCE, NOW)}
    assert ended == {"left", "erased", "promoted"}  # more than left, never fewer


def test_a_book_known_by_its_keys_answers_as_a_query_does():
    rows = [Account.objects.create(external_id=n, name=n, recorded_at=NOW) for n in "abc"]
    for row in rows:
        member(row, f"champion of {row.name}")
    keys = [rows[0].pk, rows[2].pk]
    book, query = book_of_keys(keys), Account.objects.filter(pk__in=keys)
    assert set(book) == set(query)
    assert list(key_people(book, NOW)) == list(key_people(query, NOW)) != []
    assert dict(book.values_list("pk", "name")) == dict(query.values_list("pk", "name"))
    assert not Membership.objects.exclude(account__in=book).filter(account__in=keys)
    assert [m.account for m in key_people(book.filter(name="c"), NOW)] == [rows[2]]
    assert not key_people(book_of_keys([]), NOW)
