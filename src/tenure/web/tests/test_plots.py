"""Plots of points: their table says what is drawn, and an empty one says so in words."""

import json
import re

import pytest
from django.template.loader import get_template

from tenure.web.plots import Plot, Point, Trace
from tenure.web.templatetags.kit import plot


def made(*points, **changes):
    given = {
        "key": "x", "title": "Calibration", "summary": "Near the line.", "across": "Predicted",
        "up": "Observed", "traces": [Trace("Forecast", points)],
    }  # fmt: skip
    return Plot(**{**given, **changes})


def drawn(one) -> str:
    return get_template("kit/plot.html").render(plot(one))


def test_the_table_holds_every_point_with_its_interval_and_rows():
    one = made(Point(10, 12, 8, 17, 300), Point(40, 35, 28, 44, 1200))
    assert one.columns == ["Predicted", "Observed", "Low", "High", "Rows"]
    assert list(one.rows()) == [
        ("Forecast", [10, 12, 8, 17, 300]),
        ("Forecast", [40, 35, 28, 44, 1200]),
    ]
    text = drawn(one)
    assert "1,200" in text
    assert 'role="img" aria-label="Near the line."' in text


def test_columns_that_no_point_fills_are_left_out():
    one = made(Point(10, 30))
    assert one.columns == ["Predicted", "Observed"]
    assert list(one.rows()) == [("Forecast", [10, 30])]


@pytest.mark.parametrize("traces", [[], [Trace("Forecast", [])]])
def test_nothing_to_draw_leaves_the_sentence(traces):
    text = drawn(made(traces=traces))
    assert "Near the line." in text
    assert "data-chart" not in text


def test_what_the_script_reads_is_what_the_table_says():
    one = made(Point(10, 12, 8, 17, 300), diagonal="as predicted", most=100)
    read = json.loads(re.search(r"<script[^>]*>(.*?)</script>", drawn(one)).group(1))
    assert read["traces"][0]["points"] == [[10, 12, 8, 17, 300]]
    assert (read["kind"], read["most"], read["diagonal"]) == ("plot", 100, "as predicted")
