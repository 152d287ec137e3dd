"""Saving, restoring, previewing scorecards; selectors' identities on stored rows."""

import copy
from datetime import date

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.engine.health import Cause
from tenure.health import selectors, services
from tenure.health.definitions import shipped
from tenure.health.models import Score
from tenure.health.tests.world import TODAY, account, mondays, panel, period, refresh, steady

pytestmark = pytest.mark.django_db

FINE = {
    "active_weeks_share_26": 0.8,
    "days_since_active": 3.0,
    "usage_vs_baseline": -0.5,
    "usage_trend": 0.01,
    "seat_share": 0.5,
    "two_way_days": 30.0,
    "tickets_open": 1.0,
}
WORSE = FINE | {"days_since_active": 20.0, "tickets_open": None, "nps_180d": 40.0}


def company():
    acme, other = account("acme"), account("other")
    period(acme)
    period(other)
    values = steady([acme, other], **FINE)
    values |= {(acme, monday): WORSE for monday in mondays("2025-06-30", "2025-07-14")}
    panel(values)
    return acme, other


def heavier(key="standard"):
    body = copy.deepcopy(shipped()[key])
    body["groups"][0]["weight"] = 30
    body["groups"][1]["measures"][0]["points"] = [[10, 100], [20, 0]]
    return body


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_only_those_who_may_edit_definitions_save_scorecards(role):
    user = user_create(actor=None, email="x@example.com", role=role)
    for act in (
        lambda: services.scorecard_save(actor=user, key="standard", body=heavier()),
        lambda: services.scorecard_restore(actor=user, key="standard", version=0),
        lambda: services.scorecard_retire(actor=user, key="standard"),
        lambda: services.scorecard_preview(actor=user, key="standard", body=heavier()),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not DefinitionVersion.objects.exists()


def test_a_save_is_versioned_and_audited_and_a_restore_appends():
    leader = user_create(actor=None, email="l@example.com", role=Role.LEADER)
    services.scorecards_install_defaults()
    assert services.scorecards_install_defaults() == 0
    second = services.scorecard_save(actor=leader, key="standard", body=heavier(), note="Try")
    assert second.version == 2
    assert AuditEntry.objects.filter(actor=leader, action="definition.append").count() == 1
    third = services.scorecard_restore(actor=leader, key="standard", version=1)
    assert (third.version, third.body) == (3, shipped()["standard"])
    with pytest.raises(TenureError, match="no version 9"):
        services.scorecard_restore(actor=leader, key="standard", version=9)


def test_a_broken_scorecard_is_not_saved():
    with pytest.raises(InvalidDefinition):
        services.scorecard_save(actor=None, key="standard", body={"groups": []})
    unheard = heavier()
    unheard["groups"][0]["measures"][0]["metric"] = "horoscope"
    with pytest.raises(InvalidDefinition, match="no metric 'horoscope'"):
        services.scorecard_save(actor=None, key="standard", body=unheard)
    with pytest.raises(TenureError, match="cannot be a scorecard's key"):
        services.scorecard_save(actor=None, key="Bad Key", body=heavier())


def test_a_retired_scorecard_is_out_of_force_and_the_last_one_stays():
    for key in ("onboarding", "strategic"):
        services.scorecard_retire(actor=None, key=key)
    assert [d.key for d in selectors.scorecards_current()] == ["standard"]
    with pytest.raises(TenureError, match="cannot be retired"):
        services.scorecard_retire(actor=None, key="standard")


def test_a_new_version_scores_from_now_on_and_the_past_keeps_its_own():
    acme, _ = company()
    with clock.at(TODAY):
        services.scorecards_install_defaults()
    refresh("health")
    later = TODAY.replace(hour=15)
    with clock.at(later):
        services.scorecard_save(actor=None, key="standard", body=heavier())
    refresh("health", at=later.replace(hour=16), since=date(2024, 1, 1))
    versions = {s.as_of: s.scorecard_version for s in selectors.history_of(acme)}
    assert versions[TODAY.date()] == 2
    assert versions[date(2025, 7, 13)] == 1


def test_the_parts_of_what_moved_sum_to_the_change_over_a_change_of_scorecard():
    acme, _ = company()
    with clock.at(TODAY):
        services.scorecards_install_defaults()
    refresh("health")
    plain = selectors.what_moved(acme, date(2025, 6, 8), TODAY.date())
    assert {p.cause for p in plain.parts} == {Cause.VALUE, Cause.COVERAGE}
    later = TODAY.replace(hour=15)
    with clock.at(later):
        services.scorecard_save(actor=None, key="standard", body=heavier())
    refresh("health", at=later.replace(hour=16))
    moved = selectors.what_moved(acme, date(2025, 6, 8), TODAY.date())
    assert {p.cause for p in moved.parts} == set(Cause)
    for movement in (plain, moved):
        assert sum(p.amount for p in movement.parts) == pytest.approx(movement.change, abs=1e-9)
        assert movement.change == pytest.approx(
            movement.after.value - movement.before.value, abs=1e-9
        )


def test_every_stored_score_is_the_sum_of_its_contributions():
    company()
    refresh("health")
    for score in Score.objects.filter(value__isnull=False):
        lines = selectors.explain(score).lines
        assert sum(line.contribution for line in lines) == pytest.approx(score.value, abs=1e-9)
        assert sum(line.effective for line in lines) == pytest.approx(1.0, abs=1e-9)


def test_an_explanation_names_measures_sources_and_groups():
    acme, _ = company()
    refresh("health")
    explanation = selectors.explain(selectors.score_of(acme, TODAY.date()))
    line = next(line for line in explanation.lines if line.key == "days_since_active")
    assert (line.title, line.group_title, line.source) == ("Days since active", "Use", "events")
    assert explanation.sources_used == ("events", "surveys", "touchpoints")
    assert "invoices" in explanation.sources_all


def test_a_preview_shows_who_would_change_and_writes_nothing():
    acme, other = company()
    refresh("health")
    count = Score.objects.count()
    with clock.at(TODAY):
        leader = user_create(actor=None, email="l@example.com", role=Role.LEADER)
        rows = services.scorecard_preview(actor=leader, key="standard", body=heavier())
        same = services.scorecard_preview(actor=leader, key="standard", body=shipped()["standard"])
    assert {row.account for row in rows} == {acme.pk, other.pk}
    assert all(row.value_now != row.value_then for row in rows)
    assert same == []
    assert Score.objects.count() == count


def test_lists_count_and_order_accounts():
    acme, other = company()
    refresh("health")
    everyone = Account.objects.all()
    counts = selectors.band_counts(everyone)
    assert sum(counts.values()) == 2
    assert [row.account for row in selectors.at_risk_first(everyone)] == [acme, other]
    changes = selectors.band_changes(everyone, start=date(2025, 6, 1))
    assert {change.account_id for change in changes} <= {acme.pk}
