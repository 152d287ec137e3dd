"""`tenure user` and `tenure key`."""

import pytest

from tenure.core.errors import TenureError
from tenure.core.models import ServiceKey, User
from tenure.core.services import key_digest

pytestmark = pytest.mark.django_db


def test_a_user_is_added_with_a_password_that_works(tenure):
    shown = tenure.json("user", "add", "ada@example.com", "--role", "admin", "--name", "Ada")
    user = User.objects.get(email="ada@example.com")
    assert user.check_password(shown["password"])
    assert tenure.json("user", "list")[0]["role"] == "admin"


def test_a_given_password_is_not_printed(tenure):
    out = tenure("user", "add", "ada@example.com", "--password", "correct horse battery")
    assert "correct horse" not in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ada@example.com", "--role", "king"], "no role 'king'"),
        (["ada@example.com", "--language", "xx"], "no language 'xx'"),
        (["ada"], "not an e-mail address"),
    ],
)
def test_a_wrong_word_gets_a_sentence(tenure, words, says):
    with pytest.raises(TenureError, match=says):
        tenure("user", "add", *words)


def test_a_key_is_shown_once_and_kept_as_a_digest(tenure):
    shown = tenure.json("key", "add", "web app")
    row = ServiceKey.objects.get()
    assert row.digest == key_digest(shown["key"])
    assert shown["key"] not in tenure("key", "list")


def test_a_revoked_key_says_so(tenure):
    key = tenure.json("key", "add", "web app")["id"]
    tenure("key", "revoke", key)
    assert tenure.json("key", "list")[0]["revoked_at"]
    with pytest.raises(TenureError, match="no key 999"):
        tenure("key", "revoke", "999")
