import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core.errors import InvalidDefinition
from tenure.metrics.definitions import catalogue_of, formula, parse, shipped_bodies
from tenure.metrics.definitions.metric import KINDS, SOURCES

pytestmark = pytest.mark.once

GOOD = {"key": "mine", "title": "Mine", "kind": "count", "source": "events"}
NEEDED = [
    "events",
    "active_people",
    "active_days",
    "seat_share",
    "feature_breadth",
    "stickiness",
    "days_since_active",
    "usage_trend",
    "usage_vs_baseline",
    "active_weeks_share_26",
    "tickets_open",
    "tickets_28d",
    "ticket_reply_hours_90d",
    "csat_90d",
    "nps_180d",
    "touch_reply_days",
    "two_way_days",
    "payment_delay_days",
    "sentiment_90d",
    "exports_value",
]


def shipped():
    return catalogue_of(parse(body) for body in shipped_bodies().values())


def test_every_metric_that_other_rooms_name_is_shipped():
    assert set(NEEDED) <= set(shipped().keys)


def test_every_shipped_metric_says_what_it_is():
    for metric in shipped().metrics:
        assert metric.title
        assert metric.unit
        assert metric.description.endswith(".")


def test_every_kind_and_every_source_is_shipped_at_least_once():
    assert {metric.kind for metric in shipped().metrics} == set(KINDS)
    used = {source for metric in shipped().metrics for source in metric.own_sources}
    assert used == set(SOURCES)


def test_a_metric_comes_after_those_it_leans_on():
    seen: set[str] = set()
    for metric in shipped().metrics:
        assert set(metric.inputs) <= seen
        seen.add(metric.key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "Not A Key"}, "key must be"),
        ({"key": "week"}, "key must be"),
        ({"kind": "magic"}, "kind must be one of"),
        ({"title": ""}, "title is missing"),
        ({"title": 5}, "title must be text"),
        ({"colour": "red"}, "has no field 'colour'"),
        ({"source": "weather"}, "source must be one of"),
        ({"window": "90 days"}, "whole weeks; 90 days is not"),
        ({"window": "soon"}, "window must be like"),
        ({"window": "0 weeks"}, "window must be from 1"),
        ({"kind": "sum"}, "needs the field 'of'"),
        ({"kind": "sum", "of": "a'; DROP TABLE x"}, "of must name an event property"),
        ({"where": {"event": {"a": 1}}}, "event must be a value or a list"),
        ({"where": {"direction": "in"}}, "'direction' is no filter for events"),
        ({"where": {"properties": {"'": 1}}}, "is no property name"),
        ({"where": {"properties": {"plan": []}}}, "needs at least one value"),
        ({"where": {"properties": 1}}, "properties must map"),
        ({"where": 5}, "where must be a mapping"),
        ({"where": [{"source": "events"}, {"source": "tickets"}]}, "cannot be mixed"),
        ({"higher_is_better": "yes"}, "higher_is_better must be"),
        ({"kind": "trend", "of": "events", "source": "events"}, "has no field 'source'"),
    ],
)
def test_a_fault_is_told_in_a_sentence(change: dict, said: str):
    with pytest.raises(InvalidDefinition, match=said):
        parse(GOOD | change)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "trend", "of": "events", "weeks": 2}, "weeks must be at least 3"),
        ({"kind": "trend", "of": "events", "weeks": "8"}, "weeks must be a whole number"),
        ({"kind": "baseline", "of": "events", "floor": -1}, "floor must be a number above zero"),
        ({"kind": "delay", "source": "tickets", "pending": "cap"}, "needs the field 'cap'"),
        ({"kind": "delay", "source": "tickets", "pending": "maybe"}, "pending must be one of"),
        ({"kind": "formula", "formula": "1 + 2"}, "names no metric"),
        ({"kind": "formula", "formula": "__import__('os')"}, "is no function"),
    ],
)
def test_a_fault_of_one_kind_is_told_too(body: dict, said: str):
    with pytest.raises(InvalidDefinition, match=said):
        parse({"key": "mine", "title": "Mine"} | body)


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidDefinition) as raised:
        parse(GOOD | {"title": "", "window": "x", "colour": 1})
    assert len(raised.value.problems) == 3


def test_a_circle_is_refused_and_named():
    a = parse({"key": "a", "title": "A", "kind": "formula", "formula": "b + 1"})
    b = parse({"key": "b", "title": "B", "kind": "trend", "of": "a"})
    with pytest.raises(InvalidDefinition, match=r"circle: (a → b → a|b → a → b)"):
        catalogue_of([a, b])


def test_an_unknown_reference_and_a_key_used_twice_are_refused():
    lost = parse({"key": "a", "title": "A", "kind": "formula", "formula": "nobody"})
    with pytest.raises(InvalidDefinition, match="which is no metric"):
        catalogue_of([lost])
    with pytest.raises(InvalidDefinition, match="defined twice"):
        catalogue_of([parse(GOOD), parse(GOOD)])


@given(st.text(max_size=80))
def test_reading_a_formula_either_works_or_says_why(text: str):
    try:
        tree = formula.read(text)
    except formula.FormulaError:
        return
    assert all(isinstance(name, str) for name in formula.names(tree))


@pytest.mark.parametrize(
    "text",
    [
        "a.b",
        "a[0]",
        "lambda: 1",
        "a ** 9",
        "a if b else c",
        "'x'",
        "f(x)",
        "min(a)",
        "1e999 + a",
        "(" * 300 + "a" + ")" * 300,
        "-" * 200 + "a",
        "a +",
        "[a]",
        "min(*a)",
        "x" * 501,
        "True",
    ],
)
def test_anything_but_arithmetic_is_refused(text: str):
    with pytest.raises(formula.FormulaError):
        formula.read(text)


def test_the_fingerprint_follows_numbers_and_not_words():
    before = catalogue_of([parse(GOOD)]).fingerprint({})
    assert catalogue_of([parse(GOOD | {"title": "Other"})]).fingerprint({}) == before
    assert catalogue_of([parse(GOOD | {"window": "2 weeks"})]).fingerprint({}) != before
    assert catalogue_of([parse(GOOD)]).fingerprint({"began": 1}) != before
