"""Definitions: what holds together, what does not and how that is said, and what it sounds like."""

import pytest
from django.utils import translation

from tenure.core.errors import InvalidDefinition
from tenure.segments.conditions import MODES, parse
from tenure.segments.fields import FIXED
from tenure.segments.operators import Takes, fitting
from tenure.segments.selectors import fields_known
from tenure.segments.sentences import sentence
from tenure.segments.shipped import examples
from tenure.segments.tests.world import account, belongs, one, rule, snapshot, undecided

LOW = one("health.score", "below", 40)
SAMPLE = {
    Takes.NOTHING: None,
    Takes.TEXT: "x",
    Takes.WORDS: ["x"],
    Takes.NUMBER: 5,
    Takes.TWO: [1, 2],
    Takes.DAYS: 30,
    Takes.DATE: "2025-01-31",
}
FAULTS = [
    ([], "names with values"),
    ({"all": [LOW]}, "title"),
    (rule(LOW, title=" "), "title"),
    (rule(LOW, title="x" * 121), "120 characters"),
    (rule(LOW, title="a\x00b"), "title"),
    (rule(), "at least one condition"),
    ({"title": "x"}, "exactly one of all, any"),
    ({**rule(LOW), "any": [LOW]}, "exactly one of all, any"),
    ({**rule(LOW), "colour": 1}, "no part 'colour'"),
    ({"title": "x", "all": "everything"}, "at least one condition"),
    (rule("low"), "Condition 1 must name a field"),
    (rule(LOW, one("health.mood", "below", 1)), "Condition 2: there is no field 'health.mood'"),
    (rule(one("metric.nothing", "below", 1)), "no field 'metric.nothing'"),
    (rule(one(["x"], "below", 1)), "there is no field"),
    (rule(one("health.score", "in_next", 1)), "cannot be asked 'in_next'"),
    (rule(one("health.score", None, 1)), "cannot be asked None"),
    (rule({**LOW, "vlaue": 3}), "no part 'vlaue'"),
    (rule(one("health.score", "below", "forty")), "give a number"),
    (rule(one("health.score", "below", True)), "give a number"),
    (rule(one("health.score", "below", float("nan"))), "give a number"),
    (rule(one("health.score", "below", float("inf"))), "give a number"),
    (rule(one("health.score", "between", [5, 2])), "smaller one first"),
    (rule(one("health.score", "between", 5)), "two numbers"),
    (rule(one("health.score", "fell", 10, weeks=0)), "from 1 to 104"),
    (rule(one("health.score", "fell", 10, weeks=True)), "from 1 to 104"),
    (rule(one("health.score", "fell", -1)), "above zero"),
    (rule({**LOW, "weeks": 4}), "weeks go with a rise or a fall"),
    (rule(one("contract.renews_at", "in_next", 1.5)), "whole number of days"),
    (rule(one("contract.renews_at", "in_next", -1)), "whole number of days"),
    (rule(one("contract.renews_at", "before", "soon")), "as 2026-03-31"),
    (rule(one("contract.renews_at", "past", 3)), "takes no value"),
    (rule(one("account.name", "is", "")), "compared with"),
    (rule(one("account.name", "is", "x" * 201)), "compared with"),
    (rule(one("account.country", "one_of", [])), "at least one value"),
    (rule(one("account.country", "one_of", ["a\x00"])), "at least one value"),
    (rule(one("health.band", "one_of", ["purple"])), "is never 'purple'; use fair, good, poor"),
    (rule({"any": [{"all": [LOW]}]}), "one too deep"),
    (rule({"any": []}), "Group 1 needs at least one condition"),
    (rule({"any": [LOW], "note": "x"}), "Condition 1 has no part 'note'"),
    (rule(*[LOW] * 41), "at most 40"),
]


@pytest.mark.parametrize(("body", "said"), FAULTS)
def test_a_fault_is_said_in_a_sentence(body, said):
    with pytest.raises(InvalidDefinition) as caught:
        parse(body, fields_known())
    assert said in str(caught.value)
    assert all(problem.endswith((".", "list.")) for problem in caught.value.problems)


def test_all_faults_are_said_at_once():
    with pytest.raises(InvalidDefinition) as caught:
        parse(rule(one("no.where", "is"), one("health.score", "is", "x"), title=""))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("field", FIXED, ids=lambda field: field.key)
def test_every_field_takes_every_operator_of_its_kind_and_can_be_read_aloud(field):
    account()
    for operator in fitting(field.kind):
        value = SAMPLE[operator.takes]
        if operator.takes is Takes.WORDS and field.choices:
            value = [field.choices()[0][0]]
        body = rule(one(field.key, operator.key, value))
        said = sentence(parse(body))
        assert said.startswith("Accounts where ")
        assert "%(" not in said
        assert not belongs(*body["all"]) & undecided(*body["all"])


@pytest.mark.parametrize(("language", "said"), [("en", "is at least 20 %"), ("nl", " 20%")])
def test_a_share_is_read_with_the_gap_of_the_language(language, said):
    with translation.override(language):
        shown = sentence(parse(rule(one("forecast.client_12", "at_least", 20))))
    assert said in shown


def test_a_segment_reads_as_a_sentence():
    body = rule(
        one("contract.renews_at", "in_next", 90),
        one("health.score", "fell", 10, weeks=4),
        {"none": [one("level.level", "one_of", ["prospect", "former"]), LOW]},
    )
    assert sentence(parse(body)) == (
        "Accounts where Renewal date is within the next 90 days and Health score fell by at least "
        "10 points in 4 weeks and (it is not so that Level is Prospect or Former customer or "
        "Health score is below 40\N{NO-BREAK SPACE}points)."
    )


@pytest.mark.parametrize("key", list(examples()))
def test_the_examples_hold_together(key):
    assert parse(examples()[key], fields_known()).description


@pytest.fixture
def three():
    """One account of which the condition holds, one of which it does not, one unknown."""
    for name, value in (("yes", 5), ("no", 0), ("maybe", None)):
        owner = account(name)
        snapshot(owner, active_people=value, events=value)


USED = one("metric.active_people", "above", 1)
TRUE, FALSE = one("account.name", "known"), one("account.name", "unknown")


@pytest.mark.parametrize(
    ("mode", "other", "members", "unsure"),
    [
        ("all", TRUE, {"yes"}, {"maybe"}),
        ("all", FALSE, set(), set()),
        ("any", TRUE, {"yes", "no", "maybe"}, set()),
        ("any", FALSE, {"yes"}, {"maybe"}),
        ("none", TRUE, set(), set()),
        ("none", FALSE, {"no"}, {"maybe"}),
        ("not_all", TRUE, {"no"}, {"maybe"}),
        ("not_all", FALSE, {"yes", "no", "maybe"}, set()),
    ],
)
def test_groups_follow_logic_with_three_answers(three, mode, other, members, unsure):
    assert mode in MODES
    assert belongs(USED, other, mode=mode) == members
    assert undecided(USED, other, mode=mode) == unsure
    assert belongs({mode: [USED, other]}) == members
