"""Bulk writes of accounts, people, memberships and owners."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts import services
from tenure.accounts.models import Account, AttributeChange, Membership, OwnerAssignment, Person
from tenure.accounts.rows import AccountRow, MembershipRow, OwnerRow, PersonRow
from tenure.accounts.selectors import owner_of
from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.core.selectors import role_of

pytestmark = pytest.mark.django_db
T0 = datetime(2024, 1, 1, tzinfo=UTC)
T1 = datetime(2024, 2, 1, tzinfo=UTC)


def accounts(*rows, **kwargs):
    return services.account_upsert_many(rows=rows, **kwargs)


def people(*rows, **kwargs):
    return services.person_upsert_many(rows=rows, **kwargs)


def test_a_second_write_of_the_same_accounts_changes_nothing():
    rows = [AccountRow(id=f"a{i}", name=f"N{i}", custom={"tier": i}) for i in range(50)]
    assert accounts(*rows).loaded == 50
    again = accounts(*rows)
    assert (again.loaded, again.unchanged) == (0, 50)
    assert AttributeChange.objects.count() == 0


def test_a_changed_attribute_is_logged_with_what_it_was():
    accounts(AccountRow(id="a", name="Old", custom={"x": 1, "gone": "y"}), at=T0)
    done = accounts(AccountRow(id="a", name="New", custom={"x": True, "gone": None}), at=T1)
    assert done.loaded == 1
    changes = {c.field: (c.old, c.new) for c in AttributeChange.objects.filter(recorded_at=T1)}
    assert changes == {
        "name": ("Old", "New"),
        "custom.x": (1, True),
        "custom.gone": ("y", None),
    }
    assert Account.objects.get().custom == {"x": True}


def test_columns_that_are_not_given_keep_their_value():
    accounts(AccountRow(id="a", name="A", industry="Rail", employees=5))
    accounts(AccountRow(id="a", name="B"), given={"id", "name"})
    account = Account.objects.get()
    assert (account.name, account.industry, account.employees) == ("B", "Rail", 5)


def test_a_parent_may_come_later():
    done = accounts(AccountRow(id="child", name="C", parent_id="top"), AccountRow("top", "T"))
    assert (done.loaded, done.unchanged) == (2, 0)
    assert Account.objects.get(external_id="child").parent.external_id == "top"
    assert AttributeChange.objects.count() == 0


def test_an_unknown_parent_is_told_and_the_account_kept():
    done = accounts(AccountRow(id="child", name="C", parent_id="nobody"))
    assert (done.loaded, len(done.rejected)) == (1, 1)
    assert (done.rejected[0].column, done.rejected[0].kept) == ("parent_id", True)
    assert accounts(AccountRow(id="child", name="C", parent_id="nobody")).unchanged == 1


def test_accounts_are_never_their_own_parents_in_a_circle():
    ring = [AccountRow(f"a{i}", "A", parent_id=f"a{(i + 1) % 3}") for i in range(3)]
    done = accounts(*ring, AccountRow("leaf", "L", parent_id="a0"), AccountRow("s", "S", "", "s"))
    assert {r.value for r in done.rejected} == {"a0", "a1", "a2", "s"}
    assert Account.objects.filter(parent__isnull=False).get().external_id == "leaf"


def test_a_circle_through_accounts_loaded_before_is_seen():
    accounts(AccountRow("a", "A"), AccountRow("b", "B", parent_id="a"))
    done = accounts(AccountRow("a", "A", parent_id="b"))
    assert len(done.rejected) == 1
    assert Account.objects.get(external_id="a").parent is None


def test_of_two_rows_with_one_id_the_last_counts_and_the_first_is_told():
    done = accounts(AccountRow("a", "First"), AccountRow("a", "Last"))
    assert (done.loaded, done.unchanged) == (1, 0)
    assert [(r.row, r.column) for r in done.rejected] == [(0, "id")]
    assert Account.objects.get().name == "Last"
    assert accounts(AccountRow("b", "Same"), AccountRow("b", "Same")).unchanged == 1


def test_an_unknown_success_manager_becomes_a_user_who_cannot_sign_in():
    accounts(AccountRow("a", "A", csm_email="Kim@Example.com"), at=T0)
    user = User.objects.get()
    assert user.email == "kim@example.com"
    assert not user.has_usable_password()
    assert role_of(user) == Role.CSM
    assert owner_of(Account.objects.get()) == user


def test_another_success_manager_takes_over_where_the_first_one_ends():
    accounts(AccountRow("a", "A", csm_email="k@example.com"), at=T0)
    assert accounts(AccountRow("a", "A", csm_email="K@example.com"), at=T1).unchanged == 1
    assert accounts(AccountRow("a", "A", csm_email="l@example.com"), at=T1).loaded == 1
    account = Account.objects.get()
    assert owner_of(account, T0 + timedelta(days=1)).email == "k@example.com"
    assert owner_of(account).email == "l@example.com"
    accounts(AccountRow("a", "A"), at=T1 + timedelta(days=1))
    assert owner_of(account) is None


def test_an_address_that_is_none_leaves_the_owner_as_it_was():
    accounts(AccountRow("a", "A", csm_email="k@example.com"))
    done = accounts(AccountRow("a", "A", csm_email="not an address"))
    assert done.rejected[0].column == "csm_email"
    assert owner_of(Account.objects.get()).email == "k@example.com"


def test_owners_can_be_given_with_their_dates():
    accounts(AccountRow("a", "A"))
    rows = [OwnerRow("a", "k@example.com", T0), OwnerRow("a", "l@example.com", T1)]
    done = services.owner_assign(rows=[*rows, OwnerRow("zzz", "k@example.com")])
    assert (done.loaded, len(done.rejected)) == (2, 1)
    first = OwnerAssignment.objects.get(owner__email="k@example.com")
    assert (first.since, first.until) == (T0, T1)


def test_in_a_history_an_account_is_recorded_when_it_was_made():
    with clock.at(T1):
        accounts(AccountRow("a", "A", created_at=T0, csm_email="k@example.com"), history=True)
        accounts(AccountRow("b", "B"), history=True)
    assert Account.objects.get(external_id="a").recorded_at == T0
    assert Account.objects.get(external_id="b").recorded_at == T1
    assert OwnerAssignment.objects.get().since == T0


def test_a_person_joins_the_account_named_in_short_form():
    accounts(AccountRow("a", "A"))
    done = people(
        PersonRow("p", name="Pat", role="champion", account_id="a"),
        PersonRow("q", account_id="nowhere"),
    )
    assert (done.loaded, len(done.rejected)) == (2, 1)
    member = Membership.objects.get()
    assert (member.person.external_id, member.role, member.since) == ("p", "champion", None)
    again = people(PersonRow("p", name="Pat", role="champion", account_id="a"))
    assert (again.loaded, again.unchanged) == (0, 1)


def test_a_changed_role_moves_the_undated_membership():
    accounts(AccountRow("a", "A"))
    people(PersonRow("p", role="user", account_id="a"))
    people(PersonRow("p", role="sponsor", account_id="a"))
    assert Membership.objects.get().role == "sponsor"
    assert AttributeChange.objects.get().field == "role"


def test_a_person_belongs_to_several_accounts_in_their_own_role():
    accounts(AccountRow("a", "A"), AccountRow("b", "B"))
    people(PersonRow("p", role="decision_maker", account_id="a"))
    rows = [
        MembershipRow("p", "a", since=T0),
        MembershipRow("p", "b", role="user", since=T0, until=T1),
        MembershipRow("nobody", "a"),
        MembershipRow("p", "nowhere"),
    ]
    done = services.membership_upsert_many(rows=rows)
    assert (done.loaded, [r.column for r in done.rejected]) == (2, ["person_id", "account_id"])
    held = Membership.objects.values_list("account__external_id", "role", "since", "until")
    assert sorted(held) == [("a", "decision_maker", T0, None), ("b", "user", T0, T1)]
    again = services.membership_upsert_many(rows=rows)
    assert (again.loaded, again.unchanged) == (0, 2)
    assert people(PersonRow("p", role="decision_maker", account_id="a")).unchanged == 1


def test_a_membership_gets_its_end():
    accounts(AccountRow("a", "A"))
    people(PersonRow("p"))
    services.membership_upsert_many(rows=[MembershipRow("p", "a", since=T0)])
    services.membership_upsert_many(rows=[MembershipRow("p", "a", since=T0, until=T1)])
    services.membership_upsert_many(
        rows=[MembershipRow("p", "a", since=T0)], given={"person_id", "account_id", "since"}
    )
    assert Membership.objects.get().until == T1
    done = services.membership_upsert_many(
        rows=[MembershipRow("p", "a", since=T0, until=T1), MembershipRow("p", "a", since=T0)]
    )
    assert (done.loaded, len(done.rejected)) == (1, 1)


def test_a_persons_custom_fields_and_dates_are_kept():
    people(PersonRow("p", consent_at=T0, created_at=T0, custom={"lang": "nl"}), history=True)
    person = Person.objects.get()
    assert (person.consent_at, person.recorded_at, person.custom) == (T0, T0, {"lang": "nl"})
