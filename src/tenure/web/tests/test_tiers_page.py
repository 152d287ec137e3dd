"""Settings → Tiers: the plans, their order, and who may set it."""

from decimal import Decimal

import pytest
from django.test import Client

from tenure.contracts.models import ContractState, Plan
from tenure.contracts.rows import PlanRow
from tenure.contracts.services import plan_set
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.web.tests.factories import account_make, ago, plans_make

pytestmark = pytest.mark.django_db
PAGE = "/settings/tiers"
NEW = {"new-plan_id": "pro", "new-name": "Pro", "new-tier": "2", "add": "1"}


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def sent(**changes):
    """The list as the page sends it, with some cells changed: `name_3` is the name of plan 3."""
    cells = {}
    for plan in Plan.objects.all():
        cells |= {
            f"{plan.pk}-name": plan.name, f"{plan.pk}-tier": str(plan.tier),
            f"{plan.pk}-list_price": plan.list_price or "", f"{plan.pk}-currency": plan.currency,
            f"{plan.pk}-interval": plan.interval,
        }  # fmt: skip
        if plan.is_top_tier:
            cells[f"{plan.pk}-is_top_tier"] = "on"
    return cells | changes


def test_plans_stand_in_the_order_of_their_tiers_with_their_accounts(leader):
    plans = plans_make()
    account = account_make()
    ContractState.objects.create(account=account, plan=plans[1], tier=2, as_of=ago(0))
    shown = leader.get(PAGE).context["plans"]
    assert [form.current.tier for form in shown] == [1, 2, 3]
    assert [form.current.accounts for form in shown] == [0, 1, 0]


def test_without_a_plan_the_page_says_what_to_do(leader):
    assert "Add the plans you sell" in leader.get(PAGE).content.decode()


def test_a_leader_changes_the_order_names_and_prices_in_one_go(leader, users):
    first, second, third = plans_make()
    cells = sent(**{
        f"{first.pk}-tier": "2", f"{second.pk}-tier": "1", f"{second.pk}-name": "Crew",
        f"{second.pk}-list_price": "49.5", f"{second.pk}-currency": "usd",
        f"{second.pk}-interval": "year",
    })  # fmt: skip
    answer = leader.post(PAGE, cells, follow=True)
    assert "2 plans are changed" in answer.content.decode()
    second.refresh_from_db()
    assert (second.tier, second.name, second.currency) == (1, "Crew", "USD")
    assert (second.list_price, second.interval) == (Decimal("49.5"), "year")
    assert [p.pk for p in Plan.objects.order_by("tier")] == [second.pk, first.pk, third.pk]
    entry = AuditEntry.objects.get(subject_type="Plan", subject_id=str(second.pk))
    assert (entry.actor, entry.action) == (users[Role.LEADER], "plan.set")
    assert entry.detail["tier"] == [2, 1]
    assert "interval" in entry.detail
    assert "is_top_tier" not in entry.detail


def test_saving_without_a_change_writes_nothing(leader):
    plans_make()
    assert "Nothing was changed" in leader.post(PAGE, sent(), follow=True).content.decode()
    assert not AuditEntry.objects.filter(action="plan.set").exists()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("tier", "-1"),
        ("tier", "40000"),
        ("tier", "second"),
        ("name", ""),
        ("name", "x" * 201),
        ("list_price", "-5"),
        ("list_price", "NaN"),
        ("currency", "E1R"),
        ("interval", "weekly"),
    ],
)
def test_a_cell_that_cannot_be_read_saves_nothing(leader, cell, value):
    first, second, _third = plans_make()
    cells = sent(**{f"{first.pk}-{cell}": value, f"{second.pk}-tier": "9"})
    answer = leader.post(PAGE, cells)
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.content.decode()
    assert Plan.objects.get(pk=second.pk).tier == 2


def test_a_plan_is_added_once(leader):
    assert "is added" in leader.post(PAGE, NEW, follow=True).content.decode()
    plan = Plan.objects.get()
    assert (plan.external_id, plan.name, plan.tier, plan.is_top_tier) == ("pro", "Pro", 2, False)
    answer = leader.post(PAGE, NEW | {"new-name": "Other"})
    assert answer.status_code == 422
    assert "There is a plan pro already" in answer.content.decode()
    assert Plan.objects.get().name == "Pro"


def test_no_top_tier_is_told_until_one_is_marked(leader):
    leader.post(PAGE, NEW)
    told = "No plan is marked as the top tier"
    assert told in leader.get(PAGE).content.decode()
    plan = Plan.objects.get()
    leader.post(PAGE, sent(**{f"{plan.pk}-is_top_tier": "on"}))
    assert told not in leader.get(PAGE).content.decode()


def test_a_hostile_name_is_text(leader):
    leader.post(PAGE, NEW | {"new-name": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" not in leader.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_others_neither_see_nor_set_tiers(sign_in, users, role):
    plans_make()
    other = sign_in(role)
    assert other.get(PAGE).status_code == 403
    assert other.post(PAGE, NEW).status_code == 403
    with pytest.raises(NotAllowed):
        plan_set(actor=users[role], row=PlanRow("pro", "Pro", 1))
    assert Plan.objects.count() == 3


def test_nobody_sets_tiers_without_signing_in(db):
    answer = Client().post(PAGE, NEW)
    assert answer.headers["Location"].startswith("/account/login/")
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        PlanRow(" ", "Pro", 1),
        PlanRow("pro", "", 1),
        PlanRow("pro", "Pro", -1),
        PlanRow("pro", "Pro", 1, interval="week"),
        PlanRow("pro", "Pro", 1, list_price=Decimal(-1)),
        PlanRow("pro", "Pro", 1, currency="euro"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused_wherever_it_comes_from(row):
    with pytest.raises(TenureError):
        plan_set(actor=None, row=row)
    assert not Plan.objects.exists()
