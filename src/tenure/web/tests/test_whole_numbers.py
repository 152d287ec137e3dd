"""Whatever stands for a number in an address or a form, a page answers."""

import re
from pathlib import Path

import pytest

import tenure.web
from tenure.core.roles import Role
from tenure.web.tests.factories import account_make
from tenure.web.tests.test_roles import GUARDED, PATTERNS, address, ask, undone
from tenure.web.whole import LARGEST, whole, wholes

WEB = Path(tenure.web.__file__).parent
ENDLESS = "9" * 5000
NAMES = (
    "account", "actor", "base", "capacity", "days", "entry", "example", "feature", "item", "letter",
    "like", "load", "months", "move", "on", "of", "owner", "page", "person", "play", "q", "quarter",
    "segment", "show", "sort", "step", "term", "tier", "version", "within", "do", "in-0", "weeks-0",
)  # fmt: skip
"""What views read from the address or the form, as numbers and otherwise."""


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), (ENDLESS, None),
     ("", None), (None, None), ("-1", None), ("1.0", None), ("1e3", None), ("²", None),
     ("٣", None), (" 1", None), ("1\x00", None)],
)  # fmt: skip
def test_only_plain_digits_are_a_number(text, number):
    assert whole(text) == number
    assert wholes(["x", text or "", "5"]) == [*([] if number is None else [number]), 5]
    assert whole("10", most=9) is None


@pytest.mark.once
def test_numbers_are_read_in_one_way_alone():
    elsewhere = re.compile(r"\.is(digit|decimal|numeric)\(")
    found = {
        str(path.relative_to(WEB)): len(elsewhere.findall(path.read_text()))
        for path in WEB.rglob("*.py")
        if "tests" not in path.parts
    }
    # The length of a body, the version of a program, and keys that we wrote ourselves.
    own = {"bodies.py", "build.py", "plays/runs.py", "whole.py"}
    assert {name for name, count in found.items() if count} == own


@pytest.mark.django_db
@pytest.mark.parametrize("text", [ENDLESS, pytest.param(str(LARGEST), marks=pytest.mark.once)])
def test_every_address_answers_whatever_number_it_is_given(users, sign_in, text):
    client, account = sign_in(Role.ADMIN), account_make("Acme", owner=users[Role.CSM])
    query = dict.fromkeys(NAMES, text)
    for name in GUARDED:
        url = address(name, account)
        with undone():
            answer = client.get(url, query)
            if answer.status_code == 405:
                answer = client.post(url, query)
        assert answer.status_code < 500, name


@pytest.mark.django_db
def test_every_address_answers_whatever_key_stands_in_it(users, sign_in):
    client, account = sign_in(Role.ADMIN), account_make("Acme", owner=users[Role.CSM])
    for name in GUARDED:
        converters = PATTERNS[name].pattern.converters
        if not any(type(one).__name__ == "IntConverter" for one in converters.values()):
            continue
        url = address(name, account)
        for key in (str(account.pk), "987654"):
            with undone():
                answer = ask(client, url.replace(f"/{key}", "/" + "9" * 25), name)
            assert answer.status_code < 500, name
