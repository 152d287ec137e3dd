import pytest

from tenure.contracts import churn, definitions
from tenure.contracts.selectors import retention
from tenure.contracts.tests.company import account, at, period, plan
from tenure.core.errors import InvalidDefinition, NotAllowed
from tenure.core.models import DefinitionVersion, User
from tenure.engine.money import ChurnRule


def test_the_shipped_definition_is_the_standard_rule():
    assert definitions.parse(definitions.shipped()["default"]) == ChurnRule(0, 60, "contractual")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"contractual_days": -1}, "contractual_days must be a whole number"),
        ({"usage_days": 0}, "usage_days must be a whole number"),
        ({"usage_days": True}, "usage_days must be a whole number"),
        ({"usage_days": "60"}, "usage_days must be a whole number"),
        ({"usage_days": 10**9}, "usage_days must be a whole number"),
        ({"shown": "both"}, "shown must be one of"),
        ({"days": 3}, "'days' is no part"),
    ],
)
def test_a_faulty_definition_is_refused_with_a_sentence(body, fault):
    with pytest.raises(InvalidDefinition, match=fault):
        definitions.parse(body)


def test_every_fault_is_named_at_once():
    with pytest.raises(InvalidDefinition) as caught:
        definitions.parse({"usage_days": 0, "shown": 7, "x": 1})
    assert len(caught.value.problems) == 3


@pytest.mark.django_db
def test_without_a_stored_definition_the_shipped_one_holds():
    assert churn.churn_rule() == ChurnRule()


@pytest.mark.django_db
def test_a_saved_definition_holds_from_then_on():
    churn.churn_save(actor=None, body={"contractual_days": 14, "shown": "usage"})
    assert churn.churn_rule() == ChurnRule(14, 60, "usage")


@pytest.mark.django_db
def test_the_days_of_the_definition_decide_who_is_lost():
    period(account("acme"), plan("pro"), "s1", "10", "2024-01-01", "2025-01-20")
    assert retention(at("2025-01-01"), at("2025-02-01")).lost == 1
    churn.churn_save(actor=None, body={"contractual_days": 30})
    assert retention(at("2025-01-01"), at("2025-02-01")).lost == 0


@pytest.mark.django_db
def test_a_faulty_definition_is_not_stored():
    with pytest.raises(InvalidDefinition):
        churn.churn_save(actor=None, body={"usage_days": -3})
    with pytest.raises(InvalidDefinition):
        churn.churn_save(actor=None, key="mine", body={})
    assert not DefinitionVersion.objects.exists()


@pytest.mark.django_db
def test_somebody_without_the_permission_may_not_save():
    nobody = User.objects.create(email="n@example.com", created_at=at("2025-01-01"))
    with pytest.raises(NotAllowed):
        churn.churn_save(actor=nobody, body={"usage_days": 30})


@pytest.mark.django_db
def test_installing_the_defaults_twice_stores_them_once():
    assert [churn.churns_install_defaults(), churn.churns_install_defaults()] == [1, 0]
    assert DefinitionVersion.objects.filter(kind="churn").count() == 1
