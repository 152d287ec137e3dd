"""The company as a whole: repeatable, complete, and nothing of the truth in what it hands out."""

from dataclasses import replace

import pytest

from tenure.engine.simulation import simulate
from tenure.engine.simulation.tests.conftest import SMALL

# The file contract, written out by hand.
CONTRACT = {
    "accounts": "id name domain parent_id industry country language employees segment csm_email "
    "created_at region acquisition_channel",
    "people": "id email name title role language phone consent_at created_at",
    "memberships": "person_id account_id role since until",
    "plans": "id name tier interval list_price currency is_top_tier",
    "subscriptions": "id account_id plan_id mrr currency seats interval term_months started_at "
    "ended_at renews_at auto_renew is_trial cancel_notified_at end_reason",
    "invoices": "id account_id amount currency issued_at due_at paid_at status",
    "touchpoints": "id account_id kind occurred_at direction subject body csm_email person_ids "
    "sentiment",
    "tickets": "id account_id person_id subject priority opened_at first_reply_at resolved_at csat",
    "survey_answers": "id kind score answered_at account_id person_id comment sent_at",
    "outcomes": "id account_id title metric target due_on status confirmed_at confirmed_by",
    "advocacy": "id account_id kind occurred_at",
    "plays_log": "account_id play arm assigned_at propensity",
    "costs": "month acquisition retention",
}
CHOICES = {
    ("people", "role"): {"champion", "decision_maker", "sponsor", "admin", "user"},
    ("memberships", "role"): {"champion", "decision_maker", "sponsor", "admin", "user"},
    ("plans", "interval"): {"month", "year"},
    ("touchpoints", "kind"): {"email", "call", "meeting", "note", "letter", "in_app"},
    ("touchpoints", "direction"): {"in", "out", "both", None},
    ("survey_answers", "kind"): {"nps", "csat", "ces"},
    ("outcomes", "status"): {"planned", "on_track", "at_risk", "achieved", "missed"},
    ("advocacy", "kind"): {"reference", "referral", "review", "case_study"},
    ("plays_log", "arm"): {"treated", "held_out"},
}
REFERENCES = {
    "account_id": "accounts",
    "parent_id": "accounts",
    "person_id": "people",
    "person_ids": "people",
    "confirmed_by": "people",
    "plan_id": "plans",
}
MAY_LIE_AHEAD = {"renews_at", "due_at", "due_on"}


def test_the_same_settings_give_the_same_company():
    one, two = simulate(SMALL), simulate(SMALL)
    assert all(one.tables[name].equals(two.tables[name]) for name in one.tables)
    assert all(one.truth[name].equals(two.truth[name]) for name in one.truth)
    for a, b in zip(one.events(), two.events(), strict=True):
        assert a.table.equals(b.table)


@pytest.mark.parametrize("other", [{"seed": 6}, {"accounts": 41}, {"months": 13}])
def test_other_settings_give_another_company(other):
    one, two = simulate(SMALL), simulate(replace(SMALL, **other))
    assert not one.tables["touchpoints"].equals(two.tables["touchpoints"])


def test_the_tables_have_exactly_the_columns_of_the_contract(company):
    assert {n: " ".join(t.column_names) for n, t in company.tables.items()} == CONTRACT


@pytest.mark.parametrize(("table", "column"), CHOICES)
def test_choices_are_those_of_the_contract(rows, table, column):
    found = {row[column] for row in rows[table]}
    assert found <= CHOICES[table, column]
    assert len(found) > 1


def test_every_reference_leads_somewhere(rows):
    ids = {name: {row["id"] for row in rows[name]} for name in ("accounts", "people", "plans")}
    for name, table in rows.items():
        for column in REFERENCES.keys() & CONTRACT[name].split():
            named = {one for row in table if row[column] for one in row[column].split(";")}
            assert named <= ids[REFERENCES[column]], (name, column)


def test_ids_are_unique_except_of_subscriptions_whose_periods_differ_in_their_start(rows):
    for name, table in rows.items():
        key = ("id", "started_at") if name == "subscriptions" else ("id",)
        if "id" in CONTRACT[name].split():
            assert len({tuple(row[k] for k in key) for row in table}) == len(table), name


def test_nothing_that_happened_is_dated_at_or_after_the_end(company, rows):
    end = company.settings.end.isoformat()
    for name, table in rows.items():
        dated = [c for c in CONTRACT[name].split() if c.endswith("_at") or c in {"since", "until"}]
        for column in set(dated) - MAY_LIE_AHEAD:
            assert all(row[column] is None or row[column] < end for row in table), (name, column)


def test_no_hidden_column_is_handed_out(company):
    hidden = {c for t in company.truth.values() for c in t.column_names}
    shared = {"account_id", "month", "play", "assigned_at", "region"}
    for name, table in company.tables.items():
        assert not (hidden - shared) & set(table.column_names), name


def test_what_was_lacking_at_decisions_is_named_nowhere(company):
    lacking = set(company.truth["decisions"]["lacking"].to_pylist())
    for table in company.tables.values():
        for column in table.columns:
            assert not lacking & set(map(str, column.to_pylist()))


def test_there_are_two_currencies_and_five_languages(rows):
    paid = {r["currency"] for r in rows["subscriptions"] if float(r["mrr"]) > 0}
    assert paid == {"EUR", "USD", "GBP"}
    assert {r["language"] for r in rows["accounts"]} == {"en", "de", "nl", "it", "zh-Hans"}
