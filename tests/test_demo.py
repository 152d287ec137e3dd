"""The demo company goes in through the same doors as everybody's data."""

from datetime import UTC, date, datetime, time

import pytest

from tenure.demo.folder import make
from tenure.demo.push import push
from tenure.engine.simulation import Settings
from tenure.intake.loading import load_folder
from tests.door import taken

SETTINGS = Settings(accounts=40, months=8, seed=2, end=date(2026, 3, 18))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return make(tmp_path_factory.mktemp("demo"), SETTINGS)


@pytest.mark.django_db(transaction=True)
def test_its_files_load_without_a_single_reject_and_once_only(company):
    first = load_folder(company.folder, history=True)
    assert first.rejected == 0
    rows = {table.table: table.loaded for table in first.tables}
    for name in ("accounts", "people", "memberships", "subscriptions", "invoices", "tickets"):
        assert rows[name] == company.rows[f"{name}.csv"]
    again = load_folder(company.folder, history=True)
    assert again.rejected == 0
    assert {table.table: table.loaded for table in again.tables if table.loaded} == {}


@pytest.mark.django_db(transaction=True)
def test_the_truth_and_the_live_messages_are_not_loaded(company):
    report = load_folder(company.folder, history=True)
    assert {table.table for table in report.tables} == {
        name.split(".")[0] for name in company.rows if "/" not in name
    }


def test_its_live_messages_are_all_taken_by_the_door_which_sets_wrong_clocks_right(company, live):
    done = push(live.host, live.key, company.folder)
    found = taken(live)
    assert len(found.messages) == done.messages == company.rows["live/messages.jsonl"]
    assert found.rejects == []
    assert {m.kind for m in found.messages} == {"track", "identify", "group"}
    end = datetime.combine(SETTINGS.end, time(), UTC)
    assert all(m.occurred_at < end for m in found.messages)
