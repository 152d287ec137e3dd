"""docs/reference/plays.md says of every part of a play that it is there, and of no other."""

import re
from pathlib import Path

import pytest

from tenure.plays.definition import reading, steps, triggers
from tenure.plays.definition.reading import CATEGORIES, parse
from tenure.plays.definition.writing import play_read
from tenure.plays.merging import PLACES

pytestmark = pytest.mark.once
PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "plays.md").read_text()


def chapter(title):
    """Heading → text of the sections of a chapter."""
    text = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    parts = re.split(r"^### `(\w+)`$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed(text):
    """The names that begin the points of a section."""
    lines = re.findall(r"^- (`.*?):", text, flags=re.MULTILINE)
    return [name for line in lines for name in re.findall(r"`(\w+)`", line)]


def test_every_part_has_its_heading_and_no_other_has():
    assert tuple(chapter("Parts")) == reading.PARTS
    assert tuple(chapter("Triggers")) == triggers.KINDS
    assert tuple(chapter("Steps")) == tuple(steps.PARTS)


@pytest.mark.parametrize(
    ("title", "parts"),
    [("Parts", reading.INNER), ("Triggers", triggers.PARTS), ("Steps", steps.PARTS)],
)
def test_every_section_names_what_it_is_made_of(title, parts):
    said = {name: listed(text) for name, text in chapter(title).items() if name in parts}
    assert said == {name: list(names) for name, names in parts.items()}


def test_words_to_choose_from_are_all_there():
    said = chapter("Parts")["category"]
    assert re.findall(r"`(\w+)`", said) == list(CATEGORIES)
    assert re.findall(r"`(\w+)`", chapter("Triggers")["level"].split("\n- `from`")[0])[1:] == list(
        triggers.LEVELS
    )
    for role in steps.ROLES:
        assert f"`{role}`" in chapter("Steps")["mail"]


def test_the_table_of_places_is_that_of_the_code():
    rows = re.findall(r"^\| `\{\{ ([\w.]+) \}\}` \| (.*?) \|$", PAGE, flags=re.MULTILINE)
    assert [place for place, _words in rows] == list(PLACES)
    assert all(words.startswith(str(PLACES[place])) for place, words in rows)


def test_the_whole_play_on_the_page_has_every_part_and_can_be_read():
    key, body = play_read(re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[1])
    assert tuple(body) == reading.PARTS
    assert parse(key, body).key == "quiet_champion"


def test_the_bounds_on_the_page_are_those_of_the_code():
    assert f"at most {steps.MOST_STEPS} steps" in PAGE
    assert f"at most {reading.TITLE} characters" in chapter("Parts")["title"]
    assert f"at most {reading.GOAL} characters" in chapter("Parts")["goal"]
    assert f"0 to {reading.MOST_HELD_OUT}" in chapter("Parts")["hold_out"]
    assert f"at most {steps.QUESTION} characters" in chapter("Steps")["approve"]
