"""Weekly scores: backfill, the running week, re-evaluation, bands."""

from datetime import date, timedelta

import pytest

from tenure.core import clock
from tenure.health import selectors
from tenure.health.models import BandChange, CurrentHealth, Score
from tenure.health.tests.world import TODAY, account, mondays, panel, period, plan, refresh, steady
from tenure.timeline.models import Pulse

pytestmark = pytest.mark.django_db

BUSY = {
    "active_weeks_share_26": 1.0,
    "days_since_active": 1.0,
    "usage_vs_baseline": 0.0,
    "usage_trend": 0.0,
    "seat_share": 0.8,
    "active_days": 5.0,
    "feature_breadth": 8.0,
    "two_way_days": 10.0,
}
IDLE = BUSY | {"active_weeks_share_26": 0.3, "days_since_active": 40.0, "seat_share": 0.0}


def test_every_past_week_and_the_running_one_get_a_score():
    acme = account()
    period(acme)
    panel(steady([acme], **BUSY))
    refresh("health")
    days = [score.as_of for score in selectors.history_of(acme)]
    sundays = [monday + timedelta(days=6) for monday in mondays("2024-01-01", "2025-07-07")]
    assert days == [*sundays, TODAY.date()]
    current = CurrentHealth.objects.get()
    assert current.band == "good"
    assert current.as_of == TODAY.date()
    assert current.change_30d == pytest.approx(0.0)


def test_an_unchanged_refresh_appends_nothing():
    acme = account()
    period(acme)
    panel(steady([acme], **BUSY))
    refresh("health")
    count = Score.objects.count()
    refresh("health")
    refresh("health", at=TODAY + timedelta(days=1))
    assert Score.objects.count() == count
    assert CurrentHealth.objects.get().as_of == date(2025, 7, 17)


def test_the_next_week_is_scored_when_it_comes():
    acme = account()
    period(acme)
    panel(steady([acme], last="2025-07-21", **BUSY))
    refresh("health")
    refresh("health", at=TODAY + timedelta(days=7))
    assert [s.as_of for s in selectors.history_of(acme)][-3:] == [
        date(2025, 7, 16),
        date(2025, 7, 20),
        date(2025, 7, 23),
    ]


def test_late_facts_append_a_new_row_and_what_was_known_stays():
    acme = account()
    period(acme)
    values = steady([acme], **BUSY)
    panel(values, at=TODAY - timedelta(days=1))
    refresh("health")
    before = selectors.score_of(acme, date(2025, 6, 8))
    changed = values | {(acme, date(2025, 6, 2)): IDLE}
    panel(changed, at=TODAY + timedelta(hours=1))
    refresh("health", at=TODAY + timedelta(days=2))
    rows = Score.objects.filter(account=acme, as_of=date(2025, 6, 8)).order_by("pk")
    assert [row.band for row in rows] == ["good", "poor"]
    assert selectors.history_of(acme, date(2025, 6, 8), date(2025, 6, 8))[0].band == "poor"
    assert selectors.score_of(acme, date(2025, 6, 8)) == before
    assert Score.objects.filter(as_of=date(2025, 6, 1)).count() == 1


def test_a_change_of_band_is_kept_until_the_facts_of_its_week_say_otherwise():
    acme = account()
    period(acme)
    values = steady([acme], **BUSY)
    fallen = values | {(acme, monday): IDLE for monday in mondays("2025-06-30", "2025-07-14")}
    panel(fallen, at=TODAY - timedelta(days=1))
    refresh("health")
    assert list(BandChange.objects.values_list("as_of", "old", "new")) == [
        (date(2025, 7, 6), "good", "poor")
    ]
    panel(values, at=TODAY + timedelta(hours=1))
    refresh("health", at=TODAY + timedelta(days=1))
    # Nothing happened in June any more; that Wednesday looked poor stays what was seen then.
    assert list(BandChange.objects.order_by("as_of").values_list("as_of", "old", "new")) == [
        (date(2025, 7, 16), "good", "poor"),
        (date(2025, 7, 17), "poor", "good"),
    ]


def test_the_first_scorecard_that_fits_is_used_as_the_account_grows():
    acme, giant, gone = account("acme"), account("giant"), account("gone")
    period(acme, interval="month")
    period(giant, plan=plan("top", 4, top=True))
    period(gone, ended="2024-07-01", mrr=50)
    panel(steady([acme, giant, gone], **BUSY))
    refresh("health")
    assert selectors.score_of(acme, date(2024, 2, 20)).scorecard == "onboarding"
    assert selectors.score_of(acme, date(2024, 6, 20)).scorecard == "standard"
    with clock.at(TODAY):
        assert selectors.score_of(giant).scorecard == "strategic"
        assert selectors.score_of(gone) is None, "a score of long ago is not one of now"
    assert selectors.score_of(gone, date(2024, 7, 3)).as_of == date(2024, 6, 30)
    assert not CurrentHealth.objects.filter(account=gone).exists()


def test_a_contract_that_was_recorded_later_was_not_known_before():
    acme = account()
    period(acme, started="2024-01-01", plan=plan("top", 4, top=True))
    late = account("late")
    period(late, recorded_at=TODAY - timedelta(days=20))
    panel(steady([acme, late], **BUSY))
    refresh("health")
    assert selectors.history_of(late)[0].as_of == date(2025, 6, 29)


def test_a_pulse_counts_until_it_is_stale():
    acme = account()
    period(acme)
    moment = TODAY - timedelta(days=60)
    Pulse.objects.create(account=acme, value=20, occurred_at=moment, recorded_at=moment)
    panel(steady([acme], **BUSY))
    refresh("health")

    def pulse_on(day):
        lines = selectors.explain(selectors.score_of(acme, day)).lines
        return next(line.points for line in lines if line.key == "pulse")

    assert pulse_on(moment.date() - timedelta(days=7)) is None
    assert pulse_on(moment.date() + timedelta(days=21)) == 20
    assert pulse_on(moment.date() + timedelta(days=40)) is None


def test_too_few_sources_make_the_score_unknown():
    acme = account()
    period(acme)
    panel(steady([acme], two_way_days=3.0))
    refresh("health")
    current = CurrentHealth.objects.get()
    assert (current.value, current.band) == (None, "unknown")
    with clock.at(TODAY):
        states = {s.source: s.used for s in selectors.sources(acme)}
    assert states["touchpoints"]
    assert not states["events"]
