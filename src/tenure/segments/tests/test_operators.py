"""Each operator against comparisons written out by hand."""

from datetime import date

import pytest

from tenure.segments.operators import OPERATORS, Kind, fitting

DAY = date(2025, 7, 16)
TABLE = [
    ("is", "Acme", ("acme ",), True),
    ("is", "Acme", ("acm",), False),
    ("is_not", "Acme", ("acme",), False),
    ("is_not", "Acme", ("other",), True),
    ("contains", "Acme Ltd", ("LTD",), True),
    ("contains", "Acme Ltd", ("gmbh",), False),
    ("lacks", "Acme Ltd", ("gmbh",), True),
    ("lacks", "Acme Ltd", ("acme",), False),
    ("starts", "Acme Ltd", ("acm",), True),
    ("starts", "Acme Ltd", ("ltd",), False),
    ("one_of", "NL", ("DE", "NL"), True),
    ("one_of", "IT", ("DE", "NL"), False),
    ("none_of", "IT", ("DE", "NL"), True),
    ("none_of", "NL", ("DE", "NL"), False),
    ("at_least", 5.0, (5.0,), True),
    ("at_least", 4.9, (5.0,), False),
    ("at_most", 5.0, (5.0,), True),
    ("at_most", 5.1, (5.0,), False),
    ("above", 5.0, (5.0,), False),
    ("above", 5.1, (5.0,), True),
    ("below", 5.0, (5.0,), False),
    ("below", 4.9, (5.0,), True),
    ("equals", 5.0, (5.0,), True),
    ("equals", 5.1, (5.0,), False),
    ("between", 1.0, (1.0, 2.0), True),
    ("between", 2.0, (1.0, 2.0), True),
    ("between", 2.1, (1.0, 2.0), False),
    ("rose", (60.0, 50.0), (10.0,), True),
    ("rose", (59.0, 50.0), (10.0,), False),
    ("fell", (50.0, 60.0), (10.0,), True),
    ("fell", (51.0, 60.0), (10.0,), False),
    ("fell", (70.0, 60.0), (10.0,), False),
    ("rose_percent", (15.0, 10.0), (50.0,), True),
    ("rose_percent", (14.9, 10.0), (50.0,), False),
    ("rose_percent", (5.0, 0.0), (50.0,), False),
    ("rose_percent", (-5.0, -10.0), (50.0,), True),
    ("fell_percent", (5.0, 10.0), (50.0,), True),
    ("fell_percent", (5.1, 10.0), (50.0,), False),
    ("fell_percent", (0.0, 0.0), (50.0,), False),
    ("in_next", date(2025, 7, 16), (0,), True),
    ("in_next", date(2025, 10, 14), (90,), True),
    ("in_next", date(2025, 10, 15), (90,), False),
    ("in_next", date(2025, 7, 15), (90,), False),
    ("beyond_next", date(2025, 10, 15), (90,), True),
    ("beyond_next", date(2025, 10, 14), (90,), False),
    ("in_last", date(2025, 7, 9), (7,), True),
    ("in_last", date(2025, 7, 8), (7,), False),
    ("in_last", date(2025, 7, 17), (7,), False),
    ("before_last", date(2025, 7, 8), (7,), True),
    ("before_last", date(2025, 7, 9), (7,), False),
    ("past", date(2025, 7, 15), (), True),
    ("past", date(2025, 7, 16), (), False),
    ("before", date(2025, 1, 1), (date(2025, 1, 2),), True),
    ("before", date(2025, 1, 2), (date(2025, 1, 2),), False),
    ("from", date(2025, 1, 2), (date(2025, 1, 2),), True),
    ("from", date(2025, 1, 1), (date(2025, 1, 2),), False),
    ("yes", True, (), True),
    ("yes", False, (), False),
    ("no", False, (), True),
    ("no", True, (), False),
    ("known", 0, (), True),
    ("known", None, (), False),
    ("unknown", None, (), True),
    ("unknown", "x", (), False),
]


@pytest.mark.parametrize(("key", "value", "given", "expected"), TABLE)
def test_an_operator_holds_where_it_should(key, value, given, expected):
    assert OPERATORS[key].holds(value, given, DAY) is expected


def test_the_table_has_a_yes_and_a_no_for_every_operator():
    for answer in (True, False):
        assert {row[0] for row in TABLE if row[3] is answer} == set(OPERATORS)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_field_can_be_asked_whether_it_is_known(kind):
    assert {"known", "unknown"} <= {operator.key for operator in fitting(kind)}
