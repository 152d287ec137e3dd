"""Every table of the contract, in every format."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person
from tenure.contracts.models import Cost, Invoice, Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.events.selectors import store_snapshot
from tenure.intake.loading import load_folder
from tenure.intake.models import Load, LoadedTable
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]

FILES = {
    "plans": "id,name,tier,interval,list_price,currency,is_top_tier\n"
    "free,Free,0,,,,\npro,Pro,2,month,49.90,usd,true\n",
    "accounts": "id,name,domain,parent_id,industry,country,language,employees,segment,csm_email,"
    "created_at,fleet size,vip\n"
    "a1,Acme,acme.example,a2,Rail,NL,nl,120,mid,kim@us.example,2023-01-05,12,true\n"
    "a2,Top,,,,,,,,,2022-05-01T10:00:00+02:00,,false\n",
    "people": "id,email,name,title,role,language,phone,consent_at,created_at,account_id,team\n"
    "p1,jo@acme.example,Jo,CTO,decision_maker,nl,+31 6,2023-02-01,2023-01-06,a1,ops\n"
    "p2,,Bo,,,,,,,,\n",
    "memberships": "person_id,account_id,role,since,until\np2,a1,champion,2023-03-01,\n"
    "p2,a2,,2023-03-01,2024-03-01\n",
    "subscriptions": "id,account_id,plan_id,mrr,currency,seats,interval,term_months,started_at,"
    "ended_at,renews_at,auto_renew,is_trial,cancel_notified_at,end_reason\n"
    "s1,a1,pro,49.9,usd,10,month,12,2023-02-01,,2025-02-01,yes,no,,\n"
    "s1,a1,pro,99.8,usd,20,month,12,2023-08-01,,,yes,no,,\n",
    "invoices": "id,account_id,amount,currency,issued_at,due_at,paid_at,status\n"
    "i1,a1,-49.90,usd,2023-02-01,2023-02-15,2023-02-10T08:00:00Z,paid\n",
    "touchpoints": "id,account_id,kind,occurred_at,direction,subject,body,csm_email,person_ids,"
    'sentiment\nt1,a1,call,2023-03-01T09:00:00Z,both,Hello,"Two\nlines",kim@us.example,p1;p2,0.5\n',
    "tickets": "id,account_id,person_id,subject,priority,opened_at,first_reply_at,resolved_at,"
    "csat\n"
    "k1,a1,p1,Help,high,2023-04-01,2023-04-01T02:00:00Z,2023-04-03,5\n",
    "survey_answers": "id,kind,score,answered_at,account_id,person_id,comment,sent_at\n"
    "v1,nps,9,2023-05-01,,p1,Good,2023-04-28\n",
    "outcomes": "id,account_id,title,metric,target,due_on,status,confirmed_at,confirmed_by\n"
    "o1,a1,Halve the wait,wait,50%,2023-12-31,achieved,2023-12-01,Jo\n",
    "advocacy": "id,account_id,kind,occurred_at\nd1,a1,case_study,2023-11-01\n",
    "plays_log": "account_id,play,arm,assigned_at,propensity\na1,welcome,held_out,2023-02-02,0.1\n",
    "costs": "month,acquisition,retention\n2023-02,1000,250.5\n",
    "events": "event,timestamp,user_id,account_id,anonymous_id,message_id,properties\n"
    'login,2023-02-03T10:00:00Z,p1,a1,,m1,"{""a"": 1}"\n'
    "export,2023-02-03 11:00:00,,a1,,,\n",
}


def fill(folder, files=FILES):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return folder


def counts(report):
    return {t.table: (t.loaded, t.unchanged, t.rejected) for t in report.tables}


def test_every_table_loads_and_a_second_load_changes_nothing(tmp_path):
    folder = fill(tmp_path / "in")
    report = load_folder(folder)
    assert report.outcome == "done"
    rows = {name: content.count("\n") - 1 for name, content in FILES.items()}
    rows["touchpoints"] = 1
    assert counts(report) == {name: (n, 0, 0) for name, n in rows.items()}
    again = load_folder(folder)
    assert counts(again) == {name: (0, n, 0) for name, n in rows.items()}
    assert store_snapshot().rows == 2
    assert AuditEntry.objects.filter(action="load").count() == 2


def test_every_column_arrives(tmp_path):
    load_folder(fill(tmp_path / "in"))
    account = Account.objects.get(external_id="a1")
    assert (account.parent.external_id, account.employees) == ("a2", 120)
    assert account.custom == {"fleet size": 12, "vip": True}
    assert Account.objects.get(external_id="a2").created_at.hour == 8
    assert OwnerAssignment.objects.get().owner.email == "kim@us.example"
    person = Person.objects.get(external_id="p1")
    assert (person.title, person.role, person.custom) == ("CTO", "decision_maker", {"team": "ops"})
    roles = Membership.objects.values_list("person__external_id", "account__external_id", "role")
    assert set(roles) == {
        ("p1", "a1", "decision_maker"),
        ("p2", "a1", "champion"),
        ("p2", "a2", "user"),
    }
    plan = Plan.objects.get(external_id="pro")
    assert (plan.list_price, plan.currency, plan.is_top_tier) == (Decimal("49.9"), "USD", True)
    first, second = SubscriptionPeriod.objects.order_by("started_at")
    assert (first.mrr, second.seats, first.auto_renew) == (Decimal("49.9"), 20, True)
    assert Invoice.objects.get().amount == Decimal("-49.9")
    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.body, touchpoint.people.count()) == ("Two\nlines", 2)
    assert Ticket.objects.get().person == person
    assert SurveyAnswer.objects.get().account == account
    assert Outcome.objects.get().due_on == date(2023, 12, 31)
    assert Advocacy.objects.get().kind == "case_study"
    assert PlayRecord.objects.get().propensity == 0.1
    assert Cost.objects.get().month == date(2023, 2, 1)


def test_json_lines_and_parquet_say_the_same_as_csv(tmp_path):
    load_folder(fill(tmp_path / "in"))
    other = tmp_path / "other"
    other.mkdir()
    write_jsonl(
        other / "accounts.jsonl",
        [
            {
                "id": "a1",
                "name": "Acme",
                "domain": "acme.example",
                "parent_id": "a2",
                "vip": True,
                "industry": "Rail",
                "country": "NL",
                "language": "nl",
                "employees": 120,
                "segment": "mid",
                "csm_email": "kim@us.example",
                "created_at": "2023-01-05",
                "fleet size": 12,
            },
            {"id": "a2", "name": "Top", "created_at": "2022-05-01T08:00:00Z", "vip": False},
        ],
    )
    utc = datetime(2023, 2, 1, tzinfo=UTC)
    pq.write_table(
        pa.table(
            {
                "id": ["s1", "s1"],
                "account_id": ["a1", "a1"],
                "plan_id": ["pro", "pro"],
                "mrr": pa.array([Decimal("49.90"), Decimal("99.80")]),
                "currency": ["USD", "USD"],
                "seats": [10, 20],
                "interval": ["month", "month"],
                "term_months": [12, 12],
                "started_at": [utc, datetime(2023, 8, 1, tzinfo=UTC)],
                "renews_at": [datetime(2025, 2, 1, tzinfo=UTC), None],
                "auto_renew": [True, True],
                "is_trial": [False, False],
            }
        ),
        other / "subscriptions.parquet",
    )
    with gzip.open(other / "events.jsonl.gz", "wt") as file:
        file.write(
            json.dumps(
                {
                    "event": "login",
                    "timestamp": "2023-02-03T10:00:00Z",
                    "user_id": "p1",
                    "account_id": "a1",
                    "message_id": "m1",
                    "properties": {"a": 1},
                }
            )
            + "\n"
        )
    report = load_folder(other)
    assert counts(report) == {
        "accounts": (0, 2, 0),
        "subscriptions": (0, 2, 0),
        "events": (0, 1, 0),
    }


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_events_come_as_parquet_with_times_and_structures(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(
        pa.table(
            {
                "event": pa.array(["a", "b"]).dictionary_encode(),
                "timestamp": pa.array([1704067200 * 10**9, 1704153600 * 10**9], pa.timestamp("ns")),
                "user_id": [7, 8],
                "properties": [{"n": 1}, None],
            }
        ),
        folder / "events.parquet",
    )
    assert counts(load_folder(folder)) == {"events": (2, 0, 0)}
    table = next(store_snapshot().tables())
    assert table["properties"].to_pylist() == ['{"n":1}', None]
    assert table["occurred_at"].to_pylist()[1] == datetime(2024, 1, 2, tzinfo=UTC)


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path):
    folder = fill(tmp_path / "in", {})
    (folder / "accounts.csv").write_bytes(b"\xef\xbb\xbfid,name\r\na,A\r\n\r\nb,B\r\n")
    (folder / "events.csv").write_bytes(
        b"\xef\xbb\xbfevent,timestamp,user_id\r\nx,2024-01-01,u\r\n\r\nx,2024-01-02,u\r\n"
    )
    assert counts(load_folder(folder)) == {"accounts": (2, 0, 0), "events": (2, 0, 0)}


def test_a_history_is_recorded_when_it_happened(tmp_path):
    folder = fill(tmp_path / "in")
    load_folder(folder, history=True)
    assert Account.objects.get(external_id="a1").recorded_at == datetime(2023, 1, 5, tzinfo=UTC)
    assert Touchpoint.objects.get().recorded_at == Touchpoint.objects.get().occurred_at
    opened = datetime(2023, 4, 1, tzinfo=UTC)
    times = [opened, opened + timedelta(hours=2), opened + timedelta(days=2)]
    assert list(Ticket.objects.order_by("pk").values_list("recorded_at", flat=True)) == times
    events = next(store_snapshot().tables())
    assert events["received_at"].to_pylist() == events["occurred_at"].to_pylist()
    assert Load.objects.get().history


def test_without_a_history_everything_is_recorded_now(tmp_path):
    folder = fill(tmp_path / "in")
    with clock.at(datetime(2025, 1, 1, tzinfo=UTC)):
        load_folder(folder)
        for model in (Account, SubscriptionPeriod, Ticket, Touchpoint):
            assert set(model.objects.values_list("recorded_at", flat=True)) == {clock.now()}


def test_the_load_and_its_tables_are_kept(tmp_path):
    report = load_folder(fill(tmp_path / "in"))
    load = Load.objects.get(pk=report.load_id)
    assert (load.outcome, load.started_by, load.ended_at is None) == ("done", None, False)
    assert LoadedTable.objects.get(load=load, table="accounts").loaded == 2
    assert json.loads(json.dumps(report.as_json()))["tables"][0]["table"] == "plans"
