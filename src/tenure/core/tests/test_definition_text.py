"""Definitions as text from outside: what is taken, what is refused, with which sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.definition_text import LONGEST, body_read, body_text
from tenure.core.errors import InvalidDefinition
from tenure.health import definitions as health
from tenure.metrics.definitions import shipped_bodies
from tenure.relationship import definitions as ladder
from tenure.web.definitions.versions import difference

pytestmark = pytest.mark.once

BILLION_LAUGHS = """
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a]
c: [*b, *b, *b, *b, *b, *b, *b, *b]
"""


def refusal(text) -> str:
    with pytest.raises(InvalidDefinition) as caught:
        body_read(text)
    return " ".join(caught.value.problems)


@pytest.mark.parametrize(
    "body",
    [*shipped_bodies().values(), *health.shipped().values(), ladder.shipped()],
    ids=lambda body: body.get("key") or body.get("title") or "ladder",
)
def test_every_shipped_definition_survives_being_written_and_read(body):
    assert body_read(body_text(body)) == body


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9, allow_nan=False)
    | st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)
    | st.text("\n :-#|>'\"{}[]\tab\x85\u2028", max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_", min_size=1), inner),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text("abcdef_", min_size=1), plain))
def test_any_plain_body_survives_being_written_and_read(body):
    assert body_read(body_text(body)) == body


def test_aliases_are_refused_before_they_grow():
    assert "aliases are not allowed" in refusal(BILLION_LAUGHS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1, 2", "Line 1 is no YAML"),
        ("a: 1\nb: [\nc: {", "is no YAML"),
        ("- 1\n- 2", "names with values"),
        ("", "names with values"),
        ("just words", "names with values"),
        ("a: !!python/object/apply:os.system ['true']", "is no YAML"),
        ("a: !!binary aGVsbG8=", "Use only text"),
        ("a: !!set {x, y}", "Use only text"),
        ("a: .inf", "finite"),
        ("a: .nan", "finite"),
        ("a: 99999999999999999999", "too large"),
        ("a: " + "9" * 5000, "cannot be read"),
        ('a: "\\0"', "null character"),
        ("a: 1\na: 2", "'a' is there twice"),
        ("1: x", "names must be text"),
        ("[a, b]: x", "names must be text"),
        ("a: " + "[" * 15000, "too deeply"),
        ("a: " + "[" * 30 + "]" * 30, "too deeply"),
        ("a: 1\n---\nb: 2", "is no YAML"),
    ],
)
def test_what_is_no_definition_is_refused_with_a_sentence(text, sentence):
    assert sentence in refusal(text)


def test_a_text_that_is_too_long_is_refused_before_it_is_parsed():
    assert "shorten" in refusal("a: " + "x" * LONGEST)


def test_words_of_agreement_stay_words_and_only_true_and_false_are_neither():
    read = body_read("on: yes\noff: no\nso: true\nnot: False")
    assert read == {"on": "yes", "off": "no", "so": True, "not": False}
    assert body_text(read) == "on: 'yes'\noff: 'no'\nso: true\nnot: false\n"


def test_days_stay_text():
    assert body_read("a: 2026-01-01") == {"a": "2026-01-01"}


def test_several_lines_are_written_as_they_stand():
    assert body_text({"body": "Dear\n\n- you\n"}) == "body: |\n  Dear\n\n  - you\n"


def test_what_is_there_twice_is_written_out_twice():
    same = {"a": 1}
    assert body_read(body_text({"b": same, "c": same})) == {"b": same, "c": same}


def test_pairs_of_numbers_are_written_in_one_line():
    assert body_text({"points": [[0, 0], [1, 100]]}) == "points: [[0, 0], [1, 100]]\n"


def test_a_difference_names_the_lines_that_went_and_came():
    lines = difference({"a": 1, "b": 2}, {"a": 1, "b": 3})
    assert [(line.sign, line.text) for line in lines] == [
        (" ", "a: 1"),
        ("-", "b: 2"),
        ("+", "b: 3"),
    ]
    assert difference({"a": 1}, {"a": 1}) == []
