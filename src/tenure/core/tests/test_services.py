"""Users, roles, keys and definitions."""

import pytest

from tenure.core import clock, services
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry, RoleGrant
from tenure.core.roles import Role
from tenure.core.selectors import definition_current, definitions_current, role_of, roles_of

pytestmark = pytest.mark.django_db


def test_a_user_gets_the_role_given_and_the_act_is_audited():
    user = services.user_create(actor=None, email="Ada@Example.com", role=Role.CSM)
    assert user.email == "ada@example.com"
    assert role_of(user) == Role.CSM
    assert AuditEntry.objects.get().action == "user.create"


def test_only_an_administrator_makes_users():
    csm = services.user_create(actor=None, email="c@example.com", role=Role.CSM)
    with pytest.raises(NotAllowed):
        services.user_create(actor=csm, email="d@example.com", role=Role.ADMIN)


def test_the_roles_of_many_are_those_of_each_at_any_time():
    users = [
        services.user_create(actor=None, email=f"{n}@example.com", role=role)
        for n, role in enumerate((Role.ADMIN, Role.CSM, Role.LEADER, Role.CSM))
    ]
    admin, changed, gone, none = users
    before = clock.now()
    services.user_set_role(actor=admin, user=changed, role=Role.VIEWER)
    services.user_set_active(actor=admin, user=gone, active=False)
    RoleGrant.objects.filter(user=none).delete()
    assert roles_of(users) == {admin.pk: Role.ADMIN, changed.pk: Role.VIEWER}
    assert roles_of(users, before)[changed.pk] == Role.CSM
    for at in (None, before):
        assert {u.pk: role for u in users if (role := role_of(u, at))} == roles_of(users, at)


def test_the_last_administrator_stays():
    admin = services.user_create(actor=None, email="a@example.com", role=Role.ADMIN)
    with pytest.raises(TenureError, match="only administrator"):
        services.user_set_role(actor=admin, user=admin, role=Role.CSM)
    with pytest.raises(TenureError, match="only administrator"):
        services.user_set_active(actor=admin, user=admin, active=False)


def test_a_definition_gets_a_new_version_only_when_it_changes():
    first = services.definition_append(actor=None, kind="metric", key="x", body={"a": 1})
    same = services.definition_append(actor=None, kind="metric", key="x", body={"a": 1})
    second = services.definition_append(actor=None, kind="metric", key="x", body={"a": 2})
    assert (first.version, same.version, second.version) == (1, 1, 2)
    assert definition_current("metric", "x").body == {"a": 2}
    services.definition_append(actor=None, kind="metric", key="x", body={"a": 2}, retired=True)
    assert definitions_current("metric") == []
