"""Who may open what: every address of the pages is tried by nobody, by each role, by another book.

A new view must name its permissions with `access.page` (or stand in OPEN), and its address with
arguments must be in ARGUMENTS; otherwise a test here fails.
"""

from contextlib import contextmanager
from copy import copy

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenure.core.roles import GRANTS, Permission, Role
from tenure.web.tests.factories import account_make

pytestmark = pytest.mark.django_db
OPEN = {"healthz", "unsubscribe", "unsubscribe_person"}
PAGES = "tenure.web"


def walk(patterns, prefix=""):
    """Every pattern whose view is one of ours, with its whole name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith(PAGES):
            yield pattern, prefix


PATTERNS = {p.name: p for p, _prefix in walk(get_resolver().url_patterns)}


def needs(name) -> tuple[Permission, ...]:
    return PATTERNS[name].callback.permissions


def of_an_account(name) -> bool:
    return "account_id" in PATTERNS[name].pattern.converters


def address(name, account) -> str:
    """The address of a page; other arguments than an account get a key that nothing has."""
    values = dict.fromkeys(PATTERNS[name].pattern.converters, 987654)
    values.update({k: account.pk for k in values if k == "account_id"})
    text = {
        k: "nothing"
        for k, c in PATTERNS[name].pattern.converters.items()
        if type(c).__name__ != "IntConverter"
    }
    return reverse(name, kwargs=values | text)


def ask(client, url, name):
    """The answer to the method the view takes."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


GUARDED = sorted(set(PATTERNS) - OPEN)


@pytest.fixture
def account(users):
    return account_make("Somebody else's", owner=users[Role.LEADER])


def test_every_view_names_its_permissions():
    bare = [name for name in GUARDED if not hasattr(PATTERNS[name].callback, "permissions")]
    assert not bare, f"mark these views with access.page: {bare}"
    assert None not in PATTERNS, "every address of the pages needs a name"


@contextmanager
def undone():
    """What is written inside is taken back, so that one page finds what the page before found."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_without_signing_in_one_is_sent_to_sign_in(account):
    for name in GUARDED:
        url = address(name, account)
        for answer in (Client().get(url), Client().post(url)):
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/account/login/"), name


def allowed(name, role) -> bool:
    """Whether the permissions named, any of them or every one, are the role's."""
    view = PATTERNS[name].callback
    some = not view.any_of or any(p in GRANTS[role] for p in view.any_of)
    return some and all(p in GRANTS[role] for p in view.every)


# What is asked of a database is asked by who sees everything, and by who sees one book.
ROLES = [
    role if role in {Role.ADMIN, Role.CSM} else pytest.param(role, marks=pytest.mark.once)
    for role in Role
]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_it_may_and_nothing_else(sign_in, account, role):
    client = sign_in(role)
    for name in GUARDED:
        with undone():
            answer = ask(client, address(name, account), name)
        status = answer.status_code
        assert "/account/login/" not in answer.headers.get("Location", ""), name
        if not allowed(name, role):
            assert status == 403, name
        elif of_an_account(name) and role == Role.CSM:
            assert status == 404, name
        else:
            assert status != 403, name
            assert status < 500, name


def test_an_account_of_another_book_looks_like_one_that_is_not(sign_in, account):
    nobodys = copy(account)
    nobodys.pk = 123456789
    for name in filter(of_an_account, GUARDED):
        with undone():
            others = ask(sign_in(Role.CSM), address(name, account), name)
        with undone():
            none = ask(sign_in(Role.CSM), address(name, nobodys), name)
        assert others.status_code == none.status_code, name
        assert b"Somebody else" not in others.content, name


def test_somebody_whose_role_has_ended_sees_nothing(sign_in, users, account):
    from tenure.core import clock
    from tenure.core.models import RoleGrant

    client = sign_in(Role.LEADER)
    RoleGrant.objects.filter(user=users[Role.LEADER]).update(until=clock.now())
    assert client.get("/accounts").status_code == 403


def test_the_navigation_shows_what_the_role_may_open(sign_in):
    names = {
        role: [str(link.name) for link in sign_in(role).get("/profile").context["navigation"]]
        for role in Role
    }
    assert "Settings" not in names[Role.CSM]
    assert "Data" not in names[Role.VIEWER]
    assert all("Accounts" in shown for shown in names.values())
