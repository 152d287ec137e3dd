"""Every kind of definition keeps its versions: each opens, and each can be put in force again."""

from copy import deepcopy

import pytest
from django.core.cache import cache
from django.urls import reverse

from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.segments.models import Segment
from tenure.segments.services import segment_create, segment_save
from tenure.web.definitions.kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def changed(kind, body):
    """The body with something else in it that the kind takes."""
    body = deepcopy(body)
    if kind == "metric":
        body["title"] = "Something else"
    elif kind == "scorecard":
        body["bands"] = {"good": 90, "fair": 80}
    elif kind == "ladder":
        body["length"] = {**body["length"], "paid_months": 24}
    elif kind == "churn":
        body["usage_days"] = 45
    elif kind == "forecast":
        body["margin"] = 0.5
    elif kind == "workload":
        body["hours"] = {**body["hours"], "customer": 0.75}
    elif kind == "benchmarks":
        body["benchmarks"] = body["benchmarks"][:1]
    elif kind == "advice":
        body["usual_rate"] = 75
    return body


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_change_is_kept_as_a_version_and_the_one_before_can_be_put_back(users, sign_in, kind):
    found = KINDS[kind]
    key = "standard" if kind == "scorecard" else next(iter(found.shipped()))
    before, leader = found.body(key), sign_in(Role.LEADER)
    after = changed(kind, before)
    assert after != before, "the change must be one"
    found.save(actor=users[Role.LEADER], key=key, body=after, note="tried")
    assert found.body(key) != before

    page = leader.get(f"/settings/versions/{kind}/{key}/1")
    assert page.status_code == 200
    assert leader.get(f"/settings/versions/{kind}/{key}/0").status_code == 200
    assert (
        f"/settings/versions/{kind}/{key}/0/restore" in leader.get(found.page(key)).content.decode()
    )

    answer = leader.post(f"/settings/versions/{kind}/{key}/0/restore", follow=True)
    assert "in force again, as version 2" in answer.content.decode()
    assert found.body(key) == before
    leader.post(f"/settings/versions/{kind}/{key}/1/restore")
    assert found.body(key) == after
    rows = DefinitionVersion.objects.filter(kind=kind, key=key).order_by("version")
    assert [row.version for row in rows] == [1, 2, 3]
    assert rows[1].created_by == users[Role.LEADER]
    assert AuditEntry.objects.filter(action="definition.append").count() == 3


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_who_may_not_change_definitions_may_not_put_one_back(sign_in, kind):
    key = next(iter(KINDS[kind].shipped()))
    for role in (Role.CSM, Role.VIEWER):
        answer = sign_in(role).post(f"/settings/versions/{kind}/{key}/0/restore")
        assert answer.status_code == 403
    assert not DefinitionVersion.objects.exists()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_version_that_never_was_is_not_put_back(sign_in, kind):
    key = next(iter(KINDS[kind].shipped()))
    answer = sign_in(Role.LEADER).post(f"/settings/versions/{kind}/{key}/99/restore", follow=True)
    assert "to restore" in answer.content.decode()
    assert not DefinitionVersion.objects.exists()


def test_an_old_version_of_a_segment_is_put_back(users, sign_in):
    actor = users[Role.LEADER]
    body = {
        "title": "Large",
        "all": [{"field": "contract.lifecycle", "op": "one_of", "value": ["paying"]}],
    }
    segment = segment_create(actor=actor, body=body)
    segment_save(actor=actor, segment=segment, body={**body, "title": "Larger"})
    sign_in(Role.LEADER).post(reverse("segment_restore", args=[segment.pk, 1]))
    segment = Segment.objects.get()
    assert segment.version == 3
    assert segment.versions.get(version=3).body == segment.versions.get(version=1).body
