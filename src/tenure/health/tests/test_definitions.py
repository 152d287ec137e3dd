"""Scorecards as data: what is shipped holds together, what does not is refused in sentences."""

import contextlib
import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import InvalidDefinition
from tenure.health.definitions import metrics_of, parse, shipped
from tenure.metrics.definitions import shipped_bodies

pytestmark = pytest.mark.once

GOOD = {
    "title": "Small",
    "match": {"lifecycle": ["paying"]},
    "groups": [
        {
            "key": "use",
            "weight": 2,
            "measures": [{"metric": "active_days", "weight": 1, "points": [[0, 0], [5, 100]]}],
        }
    ],
}


def changed(path, value):
    body = copy.deepcopy(GOOD)
    target = body
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return body


@pytest.mark.parametrize("key", list(shipped()))
def test_a_shipped_scorecard_holds_together_and_uses_shipped_metrics(key):
    definition = parse(shipped()[key], key, 1)
    assert set(metrics_of((definition,))) <= set(shipped_bodies())
    assert sum(definition.scorecard.shares()) == pytest.approx(1.0)
    assert any(column.is_pulse for column in definition.columns)


def test_a_metric_may_be_measured_against_the_account_itself():
    body = changed(["groups", 0, "measures", 0], {"metric": "events", "own_baseline": True})
    column = parse(body).columns[0]
    assert (column.key, column.baseline_weeks) == ("events_own", 26)


MEASURE = ["groups", 0, "measures", 0]
FAULTS = {
    "no groups": (["groups"], [], "needs groups"),
    "unknown part": (["colour"], 1, "no part 'colour'"),
    "no key": (["groups", 0, "key"], "A b", "needs a key"),
    "weight of nothing": (["groups", 0, "weight"], 0, "above 0"),
    "weight in words": (["groups", 0, "weight"], "much", "needs a number"),
    "no measures": (["groups", 0, "measures"], [], "needs measures"),
    "neither metric nor pulse": (MEASURE, {"weight": 1}, "either a metric's key or 'pulse: true'"),
    "one point": ([*MEASURE, "points"], [[0, 0]], "two or more pairs"),
    "same raw value twice": ([*MEASURE, "points"], [[0, 0], [0, 9]], "no raw value twice"),
    "points above 100": ([*MEASURE, "points"], [[0, 0], [1, 101]], "between 0 and 100"),
    "bands upside down": (["bands"], {"good": 30, "fair": 60}, "must begin below good"),
    "coverage above one": (["minimum_coverage"], 2, "at most 1"),
    "unknown lifecycle": (["match", "lifecycle"], ["dead"], "no lifecycle"),
    "range in words": (["match", "tier"], "high", "must give from, below"),
}


@pytest.mark.parametrize("case", FAULTS, ids=list(FAULTS))
def test_a_fault_is_named_in_a_sentence(case):
    path, value, sentence = FAULTS[case]
    with pytest.raises(InvalidDefinition, match=sentence) as caught:
        parse(changed(path, value))
    assert all(problem.endswith(".") for problem in caught.value.problems)


def test_a_measure_may_not_be_there_twice():
    body = copy.deepcopy(GOOD)
    body["groups"][0]["measures"] *= 2
    with pytest.raises(InvalidDefinition, match="there twice"):
        parse(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["groups", "match", "bands", "key", "weight", "measures", "points"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_nothing_but_a_refusal_comes_of_a_broken_body(body):
    with contextlib.suppress(InvalidDefinition):
        parse(body)
