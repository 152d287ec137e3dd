"""Benchmarks: shipped with a source each, replaceable, and never half understood."""

import pytest

from tenure.contracts.benchmarks import (
    FIGURES,
    benchmarks,
    benchmarks_are_shipped,
    benchmarks_save,
    parse,
    shipped,
)
from tenure.core.errors import InvalidDefinition, NotAllowed
from tenure.core.roles import Role
from tenure.core.services import user_create

pytestmark = pytest.mark.django_db
OWN = {"benchmarks": [{"figure": "nrr", "low": 95, "of": "us", "source": "our board"}]}


def test_shipped_ones_name_a_source_for_every_figure():
    found = benchmarks()
    assert {one.figure for one in found} == set(FIGURES)
    assert all(one.source and one.of for one in found)
    assert benchmarks_are_shipped()


def test_percentages_become_shares_and_numbers_stay():
    by = {one.figure: one for one in benchmarks()}
    assert (by["grr"].low, by["grr"].high) == (0.90, 0.93)
    assert (by["quick_ratio"].low, by["quick_ratio"].high) == (4, None)


def test_a_company_replaces_them_and_the_shipped_ones_stay_in_reach():
    first = benchmarks_save(actor=None, body=OWN, note="ours")
    assert [(one.figure, one.low, one.high) for one in benchmarks()] == [("nrr", 0.95, None)]
    assert not benchmarks_are_shipped()
    again = benchmarks_save(actor=None, body=shipped()["default"])
    assert (first.version, again.version) == (1, 2)
    assert benchmarks_are_shipped()


def test_only_who_may_edit_definitions_replaces_them():
    csm = user_create(actor=None, email="c@example.com", role=Role.CSM)
    with pytest.raises(NotAllowed):
        benchmarks_save(actor=csm, body=OWN)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"figure": "arr", "low": 1, "source": "x"}, "figure must be one of"),
        ({"figure": "nrr", "source": "x"}, "give low or high"),
        ({"figure": "nrr", "low": 3, "high": 2, "source": "x"}, "give low or high"),
        ({"figure": "nrr", "low": True, "source": "x"}, "give low or high"),
        ({"figure": "nrr", "low": "9", "source": "x"}, "give low or high"),
        ({"figure": "nrr", "low": 9}, "source must be text"),
        ({"figure": "nrr", "low": 9, "source": "x", "url": "y"}, "'url' is no part of it"),
        ("nrr", "write it as names"),
    ],
)
def test_a_fault_is_named_with_its_place(row, fault):
    with pytest.raises(InvalidDefinition) as caught:
        parse({"benchmarks": [OWN["benchmarks"][0], row]})
    assert any(p.startswith("Benchmark 2: ") and fault in p for p in caught.value.problems)


@pytest.mark.parametrize("body", [{}, {"benchmarks": 3}, {"benchmarks": [], "more": 1}])
def test_a_body_of_another_shape_is_refused(body):
    with pytest.raises(InvalidDefinition):
        parse(body)
