"""Places in texts: found, checked, and replaced once by plain words."""

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.plays.merging import PLACES, Missing, faults, merge, places

pytestmark = pytest.mark.once
FACTS = {"account.name": "Acme", "health": "72"}


def test_places_are_replaced_wherever_they_stand():
    text = "{{ account.name }}: {{health}} of 100 for {{\taccount.name }}"
    assert merge(text, FACTS) == "Acme: 72 of 100 for Acme"
    assert places(text) == ("account.name", "health")


@pytest.mark.parametrize("facts", [{}, {"account.name": ""}])
def test_a_text_that_needs_what_is_not_known_is_not_written(facts):
    with pytest.raises(Missing, match="name of the account") as caught:
        merge("Dear {{ account.name }}", facts)
    assert caught.value.place == "account.name"


def test_what_is_missing_is_said_to_whoever_reads_it():
    with override("nl"), pytest.raises(Missing) as caught:
        merge("{{ account.name }}", {})
    assert "which is not known" in str(caught.value)
    with override("de"):
        assert "which is not known" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.b", "constructor", "account"])
def test_a_place_of_no_list_is_missing_rather_than_empty(name):
    with pytest.raises(Missing):
        merge("{{ " + name + " }}", FACTS)


@pytest.mark.parametrize(
    "text",
    ["", "plain", "{ account.name }", "{% if x %}", "100 %", "%(x)s", "{{health}}"],
)
def test_texts_without_a_fault(text):
    assert faults(text) == []


def test_every_place_of_the_list_may_be_named():
    assert faults("".join(f"{{{{ {place} }}}}" for place in PLACES)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ account.secret }}", "{{ account.name", "{{ account.name|upper }}", "{{ 7 * 7 }}",
        "{{ account.name.__class__ }}", "{{ Account.name }}", "{{\naccount.name }}", "{{}}", "{{{",
        "account.name }}",
    ],
)  # fmt: skip
def test_what_is_no_place_is_told(text):
    assert len(faults(text)) == 1


def test_a_value_is_never_looked_at_again():
    assert merge("{{ account.name }}", {"account.name": "{{ health }}"}) == "{{ health }}"
    assert merge("{{ account.name }}", {"account.name": r"\1 \g<0>"}) == r"\1 \g<0>"


def test_two_values_never_make_a_place_together():
    facts = {"account.name": "{{ hea", "level": "lth }}", "health": "72"}
    assert merge("{{ account.name }}{{ level }}", facts) == "{{ health }}"


pieces = st.one_of(
    st.text(max_size=10),
    st.sampled_from(["{{", "}}", "{", "}", " ", *(f"{{{{ {place} }}}}" for place in PLACES)]),
)
facts_given = st.dictionaries(st.sampled_from(sorted(PLACES)), pieces)


@settings(max_examples=100, deadline=None)
@given(st.lists(pieces, max_size=8).map("".join), facts_given)
def test_merging_any_text_gives_a_text_or_says_what_is_missing(text, facts):
    missing = [place for place in places(text) if not facts.get(place)]
    try:
        merged = merge(text, facts)
    except Missing as error:
        assert error.place == missing[0]  # noqa: PT017 - both ways out are as they should be
    else:
        assert not missing
        assert faults(text) or merged == text or places(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=2, max_size=2), pieces.filter(bool))
def test_all_around_a_place_stays_as_it_was(around, value):
    before, after = (part.replace("{", "(").replace("}", ")") for part in around)
    merged = merge(before + "{{ account.name }}" + after, {"account.name": value})
    assert merged == before + value + after
