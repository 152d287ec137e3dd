"""Models → Backtests, narrowed to the accounts that were of one segment on their test dates."""

import pytest

from tenure.core.roles import Role
from tenure.forecast.models import BacktestResult
from tenure.web.tests.evidence import evidence_make

pytestmark = pytest.mark.django_db
PAGE = "/models/backtests"


@pytest.fixture
def leader(sign_in):
    evidence_make()
    return sign_in(Role.LEADER)


def test_the_segments_of_the_backtest_can_be_chosen(leader):
    text = leader.get(PAGE).content.decode()
    assert '<option value="Enterprise">' in text
    assert "?segment=Enterprise" in text


def test_a_segment_has_its_methods_calibration_and_lift(leader):
    everyone = leader.get(PAGE).context
    answer = leader.get(f"{PAGE}?segment=Small+business")
    shown, text = answer.context, answer.content.decode()
    assert [row.method.key for row in shown["methods"]] == ["forecast", "health", "base_rate"]
    assert (shown["methods"][0].rows, everyone["methods"][0].rows) == (800, 1840)
    assert shown["methods"][0].figures[0].text == "0.73"
    assert shown["calibration"].traces
    assert [trace.name for trace in shown["lift"].traces] == ["Forecast", "Health score"]
    assert "Only accounts that were of the segment Small business" in text
    assert "Test date by test date" not in text
    assert '<option value="Small business" selected>' in text


def test_a_segment_is_told_for_the_main_horizon_whatever_is_asked(leader):
    shown = leader.get(f"{PAGE}?segment=Enterprise&months=12").context
    assert (shown["backtest"].segment, shown["backtest"].horizon) == ("Enterprise", 6)


@pytest.mark.parametrize("asked", ["@3", "Nobody", "%00", "<b>x</b>"])
def test_a_segment_without_a_result_is_told_and_all_accounts_are_shown(leader, asked):
    answer = leader.get(PAGE, {"segment": asked})
    assert "The backtest has no result for this segment" in answer.content.decode()
    assert answer.context["methods"][0].rows == 1840
    assert "<b>x</b>" not in answer.content.decode()


def test_a_segment_in_which_it_hardly_came_is_not_drawn(leader):
    BacktestResult.objects.filter(segment="Enterprise").update(events=4)
    text = leader.get(f"{PAGE}?segment=Enterprise").content.decode()
    assert "too few to judge" in text
    assert 'data-plot="calibration' not in text
    assert "Lift at the team" not in text


def test_a_backtest_from_before_plots_by_segment_says_so(leader):
    BacktestResult.objects.filter(segment="Enterprise").update(bins=[], lift=[])
    text = leader.get(f"{PAGE}?segment=Enterprise").content.decode()
    assert "No plots were kept for this segment" in text
