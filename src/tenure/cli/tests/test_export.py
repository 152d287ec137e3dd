"""`tenure export`: what comes out can be loaded again and changes nothing."""

import csv

import pyarrow.parquet as pq
import pytest

from tenure.api.export import TABLES
from tenure.core.errors import TenureError

pytestmark = pytest.mark.django_db

FILES = {
    "accounts": "id,name,domain,parent_id,employees,csm_email,created_at,region\n"
    "a1,Müller & Söhne,mueller.example,,12,kim@example.com,2025-01-02T03:04:05Z,eu\n"
    'a2,"<b>深圳</b>, ""Ltd""",,a1,,,,\n',
    "people": "id,email,name,account_id,role,shoe\np1,p@a.example,Pia,a1,champion,41\n",
    "memberships": "person_id,account_id,role,since\np1,a2,sponsor,2025-03-01\n",
    "plans": "id,name,tier,interval,list_price,currency,is_top_tier\n"
    "pro,Pro,2,month,99.5,EUR,true\n",
    "subscriptions": "id,account_id,plan_id,mrr,currency,seats,started_at,ended_at,auto_renew\n"
    "s1,a1,pro,100.25,EUR,5,2025-01-01,,true\ns1,a1,pro,120,EUR,6,2025-06-01,2025-12-31,false\n",
    "invoices": "id,account_id,amount,currency,issued_at\ni1,a1,100.25,EUR,2025-01-01\n",
    "touchpoints": "id,account_id,kind,occurred_at,direction,body,person_ids,sentiment\n"
    "t1,a1,email,2025-02-01T10:00:00Z,in,=1+1,p1,0.5\n",
    "tickets": "id,account_id,person_id,opened_at,csat\nk1,a1,p1,2025-02-02,4\n",
    "survey_answers": "id,kind,score,answered_at,person_id\nn1,nps,9,2025-02-03,p1\n",
    "outcomes": "id,account_id,title,due_on,status\no1,a1,Halve the time,2025-09-01,on_track\n",
    "advocacy": "id,account_id,kind,occurred_at\nv1,a1,review,2025-05-05\n",
    "plays_log": "account_id,play,arm,assigned_at,propensity\na1,welcome,treated,2025-01-03,0.9\n",
    "costs": "month,acquisition,retention\n2025-01-01,1000,200.5\n",
}


@pytest.fixture
def loaded(tenure, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for table, text in FILES.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    tenure("load", folder)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_every_table_comes_out_in_a_form_that_loads_as_unchanged(tenure, loaded, tmp_path, ending):
    out = tmp_path / "out"
    out.mkdir()
    for table in TABLES:
        shown = tenure.json("export", table, "--out", out / f"{table}.{ending}")
        assert shown["rows"] > 0, table
    report = tenure.json("load", out)
    assert {t["table"] for t in report["tables"]} == set(TABLES)
    for table in report["tables"]:
        assert (table["loaded"], table["rejected"]) == (0, 0), table


def test_custom_fields_are_columns(tenure, loaded, tmp_path):
    tenure("export", "accounts", "--out", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["a1"]["region"] == "eu"
    assert rows["a1"]["csm_email"] == "kim@example.com"
    assert rows["a2"]["name"] == '<b>深圳</b>, "Ltd"'


def test_an_empty_table_has_its_header(tenure, tmp_path):
    tenure("export", "costs", "--out", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text().strip() == "month,acquisition,retention"
    tenure("export", "costs", "--out", tmp_path / "c.parquet")
    assert pq.read_table(tmp_path / "c.parquet").column_names[0] == "month"


@pytest.mark.parametrize(
    ("words", "says"),
    [(["pets"], "no table 'pets'"), (["costs", "--out", "costs.xls"], "must end in")],
)
def test_a_wrong_word_gets_a_sentence(tenure, words, says):
    with pytest.raises(TenureError, match=says):
        tenure("export", *words)
