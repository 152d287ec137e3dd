"""Plays as text: what is written is read again; whatever else comes is refused in sentences."""

import pytest

from tenure.core.errors import InvalidDefinition
from tenure.plays.definition.reading import PARTS, parse
from tenure.plays.definition.writing import LONGEST, ordered, play_read, play_text
from tenure.plays.tests.stored import RULE, body

pytestmark = pytest.mark.once


def test_a_play_survives_being_written_and_read():
    stored = body(
        title={"en": "Save", "zh-Hans": "挽留"}, trigger={"on": "enters"}, audience=RULE,
        steps=[{"branch": {"when": RULE, "then": [{"mail": {
            "to": ["user"], "subject": "Hi", "body": "Dear {{ person.name }},\n\nall well?\n"}}]}}],
    )  # fmt: skip
    text = play_text("save_them", stored)
    assert text.startswith("key: save_them\ntitle:\n")
    assert "  on: enters\n" in text
    assert play_read(text) == ("save_them", stored)


def test_parts_are_written_in_their_order_whatever_the_database_keeps():
    stored = body(audience=RULE, leave=RULE)
    assert list(ordered(dict(sorted(stored.items())))) == [p for p in PARTS if p in stored]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title: x", "needs a key"),
        ("key: 7\ntitle: x", "needs a key"),
        ("key: [", "no YAML"),
        ("- key: x", "names with values"),
        ("key: a\nsteps: &s []\nleave: *s", "aliases"),
        ("key: a\nsteps: " + "[" * 5000, "too deeply"),
        ("key: a\ntitle: " + "x" * LONGEST, "shorten"),
    ],
)
def test_what_is_no_play_is_refused(text, sentence):
    with pytest.raises(InvalidDefinition, match=sentence):
        play_read(text)


def test_a_long_play_in_many_languages_is_read():
    long = dict.fromkeys(("en", "de", "nl", "it", "zh-Hans"), "x" * 9000)
    mail = {"mail": {"to": ["user"], "subject": "s", "body": long}}
    key, read = play_read(play_text("k", body(steps=[mail, mail])))
    assert len(parse(key, read).steps) == 2
