"""Saving and previewing the ladder; lists, flows, cohorts and sentences."""

from datetime import date

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import DefinitionVersion
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.health.tests.world import TODAY, account, panel, period, plan, refresh, steady, when
from tenure.relationship import selectors, services
from tenure.relationship.definitions import shipped
from tenure.relationship.models import Evaluation
from tenure.relationship.texts import NAMES, answer_name, clause_name, clause_sentence
from tenure.timeline.models import Outcome

pytestmark = pytest.mark.django_db

BUSY = {"active_weeks_share_26": 0.9, "active_people_28d": 6.0}


def company():
    """Twelve that pay since 2024, one that left, one that never paid."""
    owners = [account(f"a{i:02}", since="2024-01-01") for i in range(14)]
    for owner in owners[:12]:
        period(owner, plan=plan("top", 4))
    period(owners[12], ended="2025-01-01")
    panel(steady(owners, **BUSY))
    refresh("contracts", "relationship")
    return owners


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_only_those_who_may_edit_definitions_save_the_ladder(role):
    user = user_create(actor=None, email="x@example.com", role=role)
    for act in (
        lambda: services.ladder_save(actor=user, body={}),
        lambda: services.ladder_restore(actor=user, version=0),
        lambda: services.ladder_preview(actor=user, body={}),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not DefinitionVersion.objects.exists()


def test_a_save_is_versioned_and_a_restore_appends():
    assert services.ladders_install_defaults() == 1
    assert services.ladders_install_defaults() == 0
    assert services.ladder_save(actor=None, body={"promote_after": 3}).version == 2
    restored = services.ladder_restore(actor=None, version=1)
    assert (restored.version, restored.body) == (3, shipped())
    with pytest.raises(TenureError, match="no version 7"):
        services.ladder_restore(actor=None, version=7)
    with pytest.raises(TenureError, match="There is one ladder"):
        services.ladder_save(actor=None, key="other", body={})
    with pytest.raises(InvalidDefinition):
        services.ladder_save(actor=None, body={"promote_after": -1})


def test_a_preview_shows_who_would_qualify_otherwise_and_writes_nothing():
    owners = company()
    Outcome.objects.create(
        external_id="o1",
        account=owners[0],
        title="Value",
        confirmed_at=when("2025-05-01"),
        recorded_at=when("2025-05-01"),
    )
    count = Evaluation.objects.count()
    with clock.at(TODAY):
        rows = services.ladder_preview(actor=None, body={"outlook": {"least": 0.999}})
        same = services.ladder_preview(actor=None, body={})
    assert [(row.name, row.now, row.then) for row in rows] == [("A00", "client", "customer")]
    assert same == []
    assert Evaluation.objects.count() == count


def test_counts_flows_and_the_table_of_levels_and_tiers():
    company()
    everyone = Account.objects.all()
    assert selectors.ladder_counts(everyone) == {
        "prospect": 1,
        "customer": 12,
        "client": 0,
        "advocate": 0,
        "former": 1,
    }
    flows = {(f.old, f.new): f.accounts for f in selectors.flow(everyone, date(2025, 2, 1))}
    assert flows == {
        ("customer", "customer"): 12,
        ("customer", "former"): 1,
        ("prospect", "prospect"): 1,
    }
    assert selectors.level_by_tier(everyone)["customer"] == {4: 12}
    assert selectors.level_changes(everyone, date(2025, 1, 1)).get().new == "former"
    assert selectors.ladder_counts(everyone.filter(external_id="a00"))["customer"] == 1


def test_a_cohort_stands_beside_its_expectation():
    company()
    with clock.at(TODAY):
        cohort = selectors.conversion(Account.objects.all())
    assert [(c.quarter, c.accounts, c.paying, c.lasting, c.clients) for c in cohort] == [
        (date(2024, 1, 1), 13, 12, 12, 0)
    ]
    expected = cohort[0].expected_paying
    assert expected.low < expected.mean < expected.high <= 1
    assert expected.mean == pytest.approx(12 / 13, abs=0.06)
    assert cohort[0].expected_lasting.mean == pytest.approx(expected.mean)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2025, 2, 28), date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 12, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2024, 4, 1), date(2024, 4, 1), date(2024, 6, 30)),
    ],
)
def test_a_quarter_has_its_first_and_last_day(day, first, last):
    assert selectors.quarter_of(day) == (first, last)


def test_every_stored_clause_can_be_told_in_a_sentence():
    company()
    told = Evaluation.objects.exclude(clauses={}).latest("as_of")
    assert set(told.clauses) == {"C1", "C2", "C3", "C4", "C5", "C6", "A1", "client"}
    for clause, (answer, evidence) in told.clauses.items():
        sentence = clause_sentence(clause, evidence)
        assert sentence.endswith(".") or clause == "client"
        assert "%" not in sentence.replace(" %", "")
        assert clause_name(clause) == str(NAMES[clause])
        assert answer_name(answer) == answer


@pytest.mark.parametrize("clause", [name for name in NAMES if name != "client"])
def test_a_clause_without_evidence_is_told_too(clause):
    assert clause_sentence(clause, {}).endswith(".") or clause == "C3/4"


@pytest.mark.parametrize(
    ("clause", "evidence", "sentence"),
    [
        (
            "C1",
            {"paid_months": 14, "renewals": 1, "monthly": False},
            "Paid for 14 months, 1 completed renewal.",
        ),
        (
            "C1",
            {"paid_months": 1, "renewals": 1, "monthly": True},
            "Paid for 1 month, on monthly terms.",
        ),
        (
            "C3",
            {"people": 1, "seats": 6, "key_person": 0},
            "1 active person on 6 seats, none of them with a say.",
        ),
        ("C4", {"days": 1}, "The last outcome was achieved or confirmed 1 day ago."),
        ("C6", {"notice": True, "chance": 0.0}, "Notice to leave was given."),
        (
            "C6",
            {"notice": False, "chance": 0.934, "low": 0.9, "high": 0.96},
            "Still paying in 12 months with 93 % (90 to 96 %), from retention curves.",
        ),
        (
            "C6",
            {"notice": False, "forecast": True, "chance": 0.934, "low": 0.9, "high": 0.96},
            "Still paying in 12 months with 93 % (90 to 96 %), from the forecast.",
        ),
        (
            "C6",
            {"notice": False, "chance": 0.5, "low": 0.08, "high": 0.96, "as_of": "2025-06-30"},
            "Still paying in 12 months with 50 % (8 to 96 %), from retention curves of 2025-06-30.",
        ),
        (
            "C6",
            {
                "notice": False,
                "forecast": True,
                "chance": 0.934,
                "low": 0.9,
                "high": 0.96,
                "as_of": "2025-07-15",
            },
            "Still paying in 12 months with 93 % (90 to 96 %), from the forecast of 2025-07-15.",
        ),
    ],
)
def test_evidence_reads_as_a_sentence(clause, evidence, sentence):
    assert clause_sentence(clause, evidence) == sentence
