"""Hours: what accounts need and what success managers have, each with one dated write path."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.accounts.hours import capacities_on, capacity_history, owners_on
from tenure.accounts.models import Account, Capacity, OwnerAssignment
from tenure.accounts.services import capacity_set
from tenure.accounts.workload import parse, shipped, workload, workload_save
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.engine.books import LEVELS
from tenure.relationship.models import Level

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)


@pytest.fixture
def people():
    return {role: user_create(actor=None, email=f"{role}@example.com", role=role) for role in Role}


def test_the_hours_of_a_day_are_those_stated_last_before_it(people):
    leader, csm = people[Role.LEADER], people[Role.CSM]
    capacity_set(actor=leader, person=csm, hours=30, since=MAY, languages=["de", " de", ""])
    later = MAY + timedelta(days=30)
    capacity_set(actor=leader, person=csm, hours=20, since=later, skills=["training ", ""])
    assert capacities_on(MAY - timedelta(days=1)) == {}
    assert capacities_on(MAY)[csm.pk].hours == 30
    assert capacities_on(MAY)[csm.pk].languages == ["de"]
    assert capacities_on(date(2027, 1, 1))[csm.pk].hours == 20
    assert capacities_on(date(2027, 1, 1))[csm.pk].skills == ["training"]


def test_what_is_stated_again_of_a_day_supersedes_and_is_kept(people):
    leader, csm = people[Role.LEADER], people[Role.CSM]
    for hours in (30, 30, 24):
        capacity_set(actor=leader, person=csm, hours=hours, since=MAY)
    assert [(row.hours, row.superseded_at is None) for row in capacity_history(csm)] == [
        (24, True), (30, False),
    ]  # fmt: skip
    entries = AuditEntry.objects.filter(action="capacity.set").order_by("pk")
    assert [entry.detail["hours"] for entry in entries] == [30, 24]
    assert {entry.actor_id for entry in entries} == {leader.pk}


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_only_who_plans_the_team_states_hours(people, role):
    with pytest.raises(NotAllowed):
        capacity_set(actor=people[role], person=people[Role.CSM], hours=1, since=MAY)
    assert not Capacity.objects.exists()


@pytest.mark.parametrize("hours", [-1, 169, float("nan"), float("inf")])
def test_hours_that_no_week_has_are_refused(people, hours):
    with pytest.raises(TenureError):
        capacity_set(actor=None, person=people[Role.CSM], hours=hours, since=MAY)


def test_too_many_languages_are_refused(people):
    for words in ([str(n) for n in range(41)], ["x" * 36]):
        with pytest.raises(TenureError, match="at most 40"):
            capacity_set(actor=None, person=people[Role.CSM], hours=9, since=MAY, languages=words)


def test_owners_of_a_past_moment_are_those_of_then(people):
    account = Account.objects.create(external_id="a", name="A", recorded_at=clock.now())
    first, then = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    for owner, since, until in (
        (people[Role.CSM], first, then), (people[Role.LEADER], then, None),
    ):  # fmt: skip
        OwnerAssignment.objects.create(
            account=account, owner=owner, since=since, until=until, recorded_at=since
        )
    assert owners_on(first - timedelta(days=1)) == {}
    assert owners_on(first) == {account.pk: people[Role.CSM].pk}
    assert owners_on(then) == {account.pk: people[Role.LEADER].pk}


def test_the_shipped_workload_holds_until_one_is_stored_and_stays_that_of_its_time(people):
    rule = workload()
    assert rule.capacity == 28
    before = clock.now()
    body = {**shipped()["default"], "capacity": 32, "tiers": {"2": 3}}
    row = workload_save(actor=people[Role.LEADER], body=body, note="measured in May")
    assert row.version == 1
    assert workload().need("client", 2) == pytest.approx(2.4)
    assert workload(before) == rule
    with pytest.raises(NotAllowed):
        workload_save(actor=people[Role.CSM], body=body)


def test_every_fault_of_a_workload_is_named_at_once():
    body = {
        "hours": {**shipped()["default"]["hours"], "client": -1},
        "tiers": {"gold": 2, "1": True},
        "capacity": 200,
        "recent_days": "soon",
        "clients_stay": "yes",
        "nonsense": 1,
    }
    with pytest.raises(InvalidDefinition) as told:
        parse(body)
    assert len(told.value.problems) == 7
    for short in ({}, {**body, "hours": {"client": 1}}, {**body, "tiers": [1]}):
        with pytest.raises(InvalidDefinition):
            parse(short)
    with pytest.raises(InvalidDefinition):
        workload_save(actor=None, key="other", body=shipped()["default"])


def test_the_levels_of_a_workload_are_the_levels_of_the_ladder():
    assert set(LEVELS) == set(Level.values)
