import json
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tenure.engine.simulation.catalogue import EVENTS
from tenure.engine.simulation.payload import properties
from tenure.engine.simulation.tables import EVENT_COLUMNS


@pytest.fixture(scope="module")
def table(events):
    return pa.concat_tables([sent.table for sent in events])


@pytest.fixture(scope="module")
def received(events):
    return np.concatenate([sent.received for sent in events])


@pytest.fixture(scope="module")
def occurred(company, table):
    micros = pc.cast(table["timestamp"], pa.int64()).to_numpy()
    begin = company.grid.start.astype("datetime64[us]").astype(np.int64)
    return (micros - begin) / 86_400e6


def test_events_have_the_columns_of_the_contract_and_an_id_of_somebody(table):
    assert tuple(table.column_names) == EVENT_COLUMNS
    ids = [pc.is_valid(table[c]) for c in ("user_id", "account_id", "anonymous_id")]
    assert pc.all(pc.or_(pc.or_(ids[0], ids[1]), ids[2])).as_py()
    assert table["event"].null_count == table["message_id"].null_count == 0


def test_they_come_in_order_of_receipt_up_to_the_end(received, company):
    assert (np.diff(received) >= 0).all()
    assert received[0] >= 0
    assert received[-1] < company.grid.end


def test_some_are_sent_twice_with_the_same_id_and_content(table):
    seen = Counter(table["message_id"].to_pylist())
    twice = [name for name, count in seen.items() if count > 1]
    assert 0.002 < len(twice) / len(seen) < 0.008
    again = table.filter(pc.is_in(table["message_id"], pa.array(twice))).to_pylist()
    assert len({json.dumps(row, default=str, sort_keys=True) for row in again}) == len(twice)


def test_some_arrive_more_than_a_day_late(occurred, received):
    assert 0.003 < np.mean(received - occurred > 1) < 0.02


def test_some_come_from_clocks_that_run_ahead(occurred, received, events):
    ahead = np.concatenate([sent.skew for sent in events])
    assert 0.001 < np.mean(ahead != 0) < 0.05
    assert (occurred - ahead / 86_400 <= received + 1e-4).all()
    assert (occurred > received + 0.01).any()


def test_users_act_only_while_they_are_members(table, rows, occurred, company, events):
    ahead = np.concatenate([sent.skew for sent in events]) / 86_400
    spans = {}
    for row in rows["memberships"]:
        spans.setdefault((row["person_id"], row["account_id"]), []).append(
            (row["since"], row["until"] or "9999")
        )
    begin = company.grid.start.astype("datetime64[s]")
    for row in range(0, table.num_rows, 97):
        who = (table["user_id"][row].as_py(), table["account_id"][row].as_py())
        if None in who or table["event"][row].as_py() in {"invite_sent", "signed_up"}:
            continue
        if table["event"][row].as_py() in {"integration_connected", "onboarding_step_completed"}:
            continue
        moment = str(begin + np.timedelta64(int((occurred[row] - ahead[row]) * 86_400), "s"))
        assert any(since[:19] <= moment <= until[:19] for since, until in spans[who])


def test_an_outage_is_silent_for_those_it_hits(world, occurred, table, events):
    ahead = np.concatenate([sent.skew for sent in events]) / 86_400
    for outage in world.outages:
        if outage.region < 0:
            during = (occurred - ahead > outage.begins + 1e-4) & (
                occurred - ahead < outage.begins + outage.lasts - 1e-4
            )
            during &= pc.is_valid(table["account_id"]).to_numpy(zero_copy_only=False)
            assert during.sum() == 0


def test_schools_rest_in_summer_and_shops_are_busy_before_christmas(world):
    events, people = world.record.events, world.record.person
    industry = world.population.industry[world.people.account]
    need = np.zeros((world.grid.weeks, 2))
    for week in range(world.grid.weeks):
        for column, kind in enumerate((0, 1)):
            need[week, column] = events[week][industry[people[week]] == kind].sum()
    at = np.array([world.grid.year_share(w) for w in range(world.grid.weeks)])
    late = np.arange(world.grid.weeks) > 52
    summer, spring = late & (at > 0.57) & (at < 0.65), late & (at > 0.3) & (at < 0.45)
    assert need[summer, 0].mean() < 0.5 * need[spring, 0].mean()
    advent, autumn = late & (at > 0.88) & (at < 0.96), late & (at > 0.7) & (at < 0.8)
    assert need[advent, 1].mean() > 1.2 * need[autumn, 1].mean()


def test_visitors_are_anonymous_until_they_sign_up(table):
    before = table.filter(pc.equal(table["event"], "pricing_viewed"))
    after = table.filter(pc.equal(table["event"], "signed_up"))
    assert before["user_id"].null_count == before.num_rows
    assert after["user_id"].null_count == after["anonymous_id"].null_count == 0
    linked = pc.is_in(before["anonymous_id"], after["anonymous_id"].combine_chunks())
    assert pc.mean(pc.cast(linked, pa.float64())).as_py() > 0.9


def test_all_kinds_of_events_occur(table):
    assert set(table["event"].unique().to_pylist()) == set(EVENTS)


def test_properties_are_json_that_fits_the_event():
    code = np.tile(np.arange(len(EVENTS)), 40)
    number = np.arange(len(code))
    made = properties(np.random.default_rng(1), code, number).to_pylist()
    for at, text in enumerate(made):
        event, found = EVENTS[code[at]], json.loads(text) if text else {}
        if event == "onboarding_step_completed":
            assert found == {"step": at}
        if event == "report_exported":
            assert found["rows"] >= 1
        if event == "order_synced":
            assert found["amount"] > 0
