"""The ladder as data: what is shipped holds together, what does not is refused in sentences."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import InvalidDefinition
from tenure.engine.ladder import Rules
from tenure.relationship.definitions import SHAPE, parse, shipped

pytestmark = pytest.mark.once


def test_the_shipped_ladder_is_the_one_of_the_engine():
    definition = parse(shipped(), version=3)
    assert definition.version == 3
    assert definition.rules == Rules()
    assert definition.roles == ("decision_maker", "sponsor", "champion")


def test_what_a_body_leaves_out_keeps_the_shipped_value():
    definition = parse({"outlook": {"least": 0.8}, "promote_after": 3})
    assert definition.rules.outlook == 0.8
    assert definition.rules.promote_after == 3
    assert definition.outlook_customers == parse({}).outlook_customers


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"tier": 3}, "no part of a ladder"),
        ({"length": 12}, "length must be a mapping"),
        ({"length": {"years": 1}}, "length has no 'years'"),
        ({"living": {"active_weeks_share": 1.2}}, "a number from 0 to 1"),
        ({"outcome": {"days": 12.5}}, "a whole number from 1 to 3650"),
        ({"outcome": {"days": True}}, "a whole number"),
        ({"demote_after": 0}, "demote_after must be a whole number from 1"),
        ({"breadth": {"roles": ["king"]}}, "roles must be a list of some of"),
        ({"breadth": {"roles": []}}, "roles must be a list of some of"),
        ("C1", "must be a mapping"),
    ],
)
def test_a_fault_is_named_in_a_sentence(body, sentence):
    with pytest.raises(InvalidDefinition, match=sentence):
        parse(body)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
parts = st.dictionaries(st.sampled_from(["days", "roles", "least", "people"]), values, max_size=3)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*SHAPE, "demote_after"]), values | parts, max_size=4))
def test_nothing_but_a_refusal_comes_of_a_broken_body(body):
    with contextlib.suppress(InvalidDefinition):
        parse(body)
