"""Risks that crossed a line since a day."""

from datetime import UTC, date, datetime

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.forecast.selectors.changes import line_crossed, risk_crossings

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (0.2, 0.3, 0.25), (0.05, 0.6, 0.5), (0.6, 0.05, 0.1), (0.24, 0.26, None),
        (0.3, 0.4, None), (0.3, 0.24, 0.25), (0.3, 0.25, None), (0.2, 0.25, 0.25),
    ],
)  # fmt: skip
def test_a_line_is_crossed_by_five_points_or_more_from_one_side_to_the_other(before, after, line):
    assert line_crossed(before, after) == line


def run(status=RunStatus.LIVE, signal=True):
    return ForecastRun.objects.create(
        started_at=NOW, as_of=DAY, code_version="x", status=status, signal=signal
    )


def predicted(of, by, risk, as_of):
    stay = 1 - risk
    made = datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=UTC)
    Prediction.objects.create(
        run=by, account=of, as_of=as_of, made_at=made, stay=stay, stay_low=stay, stay_high=stay
    )


@pytest.mark.django_db
def test_only_what_a_model_with_a_signal_said_at_the_time_counts():
    with clock.at(NOW):
        live, retired = run(), run(RunStatus.RETIRED)
        replay, blind = run(RunStatus.REPLAY), run(RunStatus.RETIRED, signal=False)
        for name, before, by in (
            ("same", 0.2, live), ("other", 0.2, retired), ("replay", 0.2, replay),
            ("blind", 0.2, blind), ("still", 0.3, live),
        ):  # fmt: skip
            one = Account.objects.create(external_id=name, name=name, recorded_at=NOW)
            predicted(one, by, before, DAY)
            predicted(one, live, 0.4, NOW.date())
        found = risk_crossings(Account.objects.all(), DAY)
        names = dict(Account.objects.values_list("pk", "name"))
        assert {names[c.account]: c.retrained for c in found} == {"same": False, "other": True}
        assert all(c.up and c.line == 0.25 for c in found)
