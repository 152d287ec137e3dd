"""Success managers' calls on renewals: dated, permitted, audited, and forgotten with a person."""

from datetime import date
from decimal import Decimal

import pytest

from tenure.accounts.models import Account, OwnerAssignment, Person
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.forecast import selectors
from tenure.forecast.models import RenewalCall
from tenure.forecast.services import renewal_call_record
from tenure.health.tests.world import TODAY, account, period, when
from tenure.privacy.services import person_erase

pytestmark = pytest.mark.django_db
DUE = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


def user(name, role):
    return user_create(actor=None, email=f"{name}@x.example", role=role, name=name)


def own(owner, csm):
    OwnerAssignment.objects.create(
        account=owner, owner=csm, since=when("2024-01-01"), recorded_at=when("2024-01-01")
    )


def test_the_newest_call_counts_and_the_earlier_ones_stay():
    owner, csm = account(), user("ann", Role.CSM)
    own(owner, csm)
    period(owner)
    renewal_call_record(actor=csm, account=owner, renews_on=DUE, call="at_risk", note="No sponsor")
    renewal_call_record(actor=csm, account=owner, renews_on=DUE, call="upsell", amount=Decimal(120))
    assert [row.call for row in selectors.renewal_calls(owner)] == ["upsell", "at_risk"]
    line = selectors.renewal_book(Account.objects.all(), quarters=3).lines[0]
    assert (line.due, line.call.call, line.call.amount) == (DUE, "upsell", 120)
    assert AuditEntry.objects.filter(action="renewal.call", actor=csm).count() == 2


def test_a_lost_renewal_leaves_nothing():
    owner = account()
    row = renewal_call_record(
        actor=None, account=owner, renews_on=DUE, call="lost", amount=Decimal(50)
    )
    assert row.amount == 0


def test_only_whoever_works_the_account_may_call():
    owner = account()
    for someone in (user("csm", Role.CSM), user("viewer", Role.VIEWER)):
        with pytest.raises(NotAllowed):
            renewal_call_record(actor=someone, account=owner, renews_on=DUE, call="renew")
    assert not RenewalCall.objects.exists()


@pytest.mark.parametrize(("call", "amount"), [("maybe", None), ("renew", Decimal(-1))])
def test_a_call_has_to_make_sense(call, amount):
    with pytest.raises(TenureError):
        renewal_call_record(actor=None, account=account(), renews_on=DUE, call=call, amount=amount)


def test_an_erased_person_is_taken_out_of_notes():
    owner = account()
    person = Person.objects.create(
        external_id="p1", name="Johanna Meier", email="jm@x.example", recorded_at=when("2024-01-01")
    )
    renewal_call_record(
        actor=None, account=owner, renews_on=DUE, call="renew", note="Johanna Meier agreed"
    )
    person_erase(actor=None, person=person)
    assert "Johanna" not in RenewalCall.objects.get().note
