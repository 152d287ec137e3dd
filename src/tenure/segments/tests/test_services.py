"""Who may make, change, share and retire segments, and what that writes."""

import pytest

from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.segments import services
from tenure.segments.models import Belonging, Segment
from tenure.segments.selectors import (
    definition_of,
    may_edit,
    members_of,
    segment_seen,
    segments_seen,
    versions_of,
)
from tenure.segments.shipped import examples, segments_install_examples
from tenure.segments.tests.world import account, one, rule

NL = rule(one("account.country", "one_of", ["NL"]), title="Dutch")
DE = rule(one("account.country", "one_of", ["DE"]), title="German")


@pytest.fixture
def acme():
    return account("acme", country="NL")


@pytest.fixture
def mine(users, acme):
    return services.segment_create(actor=users[Role.CSM], body=NL)


@pytest.fixture
def ours(users, acme):
    return services.segment_create(actor=users[Role.CSM], body=NL, shared=True)


def test_making_a_segment_says_at_once_who_belongs(mine, acme):
    assert mine.title == "Dutch"
    assert members_of(mine) == {acme.pk}
    assert Belonging.objects.get().entered_cause == "start"
    assert {e.action for e in AuditEntry.objects.all()} >= {"segment.create", "segment.save"}


def test_a_viewer_makes_none(users):
    for write in (services.segment_create, services.preview):
        with pytest.raises(NotAllowed):
            write(actor=users[Role.VIEWER], body=NL)


def test_a_rule_that_does_not_hold_together_is_not_kept(users):
    with pytest.raises(InvalidDefinition):
        services.segment_create(actor=users[Role.CSM], body=rule())
    assert not Segment.objects.exists()


def test_a_private_segment_is_its_owners_alone(users, mine):
    for role in (Role.ADMIN, Role.LEADER, Role.VIEWER):
        assert segments_seen(users[role]) == []
        assert segment_seen(users[role], mine.pk) is None
        assert not may_edit(users[role], mine)
        with pytest.raises(NotAllowed):
            services.segment_save(actor=users[role], segment=mine, body=DE)
    assert segments_seen(users[Role.CSM]) == [mine]


def test_a_shared_segment_is_seen_by_all_and_changed_by_owner_leader_and_administrator(users, ours):
    assert all(segment_seen(user, ours.pk) == ours for user in users.values())
    allowed = {role for role, user in users.items() if may_edit(user, ours)}
    assert allowed == {Role.CSM, Role.LEADER, Role.ADMIN}
    services.segment_save(actor=users[Role.LEADER], segment=ours, body=DE)
    with pytest.raises(NotAllowed):
        services.segment_retire(actor=users[Role.VIEWER], segment=ours)


def test_a_colleague_who_works_accounts_may_not_change_what_is_shared(users, ours):
    from tenure.core.services import user_create

    other = user_create(actor=None, email="other@example.com", role=Role.CSM)
    assert segment_seen(other, ours.pk) == ours
    for write, more in (
        (services.segment_save, {"body": DE}),
        (services.segment_restore, {"version": 1}),
        (services.segment_share, {"shared": False}),
        (services.segment_retire, {}),
    ):
        with pytest.raises(NotAllowed):
            write(actor=other, segment=ours, **more)


def test_only_the_owner_makes_a_shared_segment_private_again(users, ours):
    with pytest.raises(TenureError, match="Only its owner"):
        services.segment_share(actor=users[Role.ADMIN], segment=ours, shared=False)
    services.segment_share(actor=users[Role.CSM], segment=ours, shared=False)
    assert segment_seen(users[Role.ADMIN], ours.pk) is None


def test_a_new_version_moves_members_and_an_old_one_can_be_restored(users, mine, acme):
    birch = account("birch", country="DE")
    csm = users[Role.CSM]
    services.segment_save(actor=csm, segment=mine, body=DE, note="moved")
    mine.refresh_from_db()
    assert (mine.title, mine.version, members_of(mine)) == ("German", 2, {birch.pk})
    assert Belonging.objects.get(account=acme).left_cause == "edit"
    services.segment_restore(actor=csm, segment=mine, version=1)
    mine.refresh_from_db()
    assert (mine.title, mine.version, members_of(mine)) == ("Dutch", 3, {acme.pk})
    assert [v.version for v in versions_of(mine)] == [3, 2, 1]
    assert definition_of(mine, 2).title == "German"
    with pytest.raises(TenureError, match="no version 9"):
        services.segment_restore(actor=csm, segment=mine, version=9)


def test_saving_the_same_rule_again_makes_no_version(users, mine):
    services.segment_save(actor=users[Role.CSM], segment=mine, body=NL)
    assert len(versions_of(mine)) == 1


def test_a_retired_segment_has_no_members_and_can_come_back(users, mine, acme):
    csm = users[Role.CSM]
    services.segment_retire(actor=csm, segment=mine)
    assert members_of(mine) == set()
    assert segments_seen(csm) == []
    assert segment_seen(csm, mine.pk) is None
    with pytest.raises(TenureError, match="retired"):
        services.segment_save(actor=csm, segment=mine, body=DE)
    services.segment_revive(actor=csm, segment=mine)
    assert members_of(mine) == {acme.pk}
    with pytest.raises(TenureError, match="already"):
        services.segment_revive(actor=csm, segment=mine)


@pytest.mark.parametrize("key", [0, -1, 2**31, 10**30])
def test_keys_that_no_database_takes_are_nothing(users, key):
    assert segment_seen(users[Role.ADMIN], key) is None


def test_hostile_words_are_kept_as_words(users):
    name = "<script>alert(1)</script>'; DROP TABLE segments; --"
    body = rule(one("account.name", "is", name), one("custom.a'b\"c", "is", name), title=name)
    segment = services.segment_create(actor=users[Role.CSM], body=body)
    assert (segment.title, members_of(segment)) == (name, set())
    assert definition_of(segment).rule.items[0].given == (name,)


def test_the_examples_are_set_up_once(acme):
    assert segments_install_examples() == len(examples())
    assert segments_install_examples() == 0
    assert all(segment.shared for segment in Segment.objects.all())
