"""Files of any shape, read through a mapping."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.events.selectors import store_snapshot
from tenure.intake.loading import LoadRefused, load_folder
from tenure.intake.loading.mapping import mapping_parse, mapping_read
from tenure.timeline.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "ravenstack.yaml"


@pytest.fixture
def load(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    def run(tables, **files):
        for name, rows in files.items():
            (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
        mapping = tables
        if not isinstance(tables, Path):
            mapping = mapping_parse(yaml.safe_load(yaml.safe_dump({"tables": tables})), "m.yaml")
        return load_folder(folder, mapping=mapping)

    run.folder = folder
    return run


def counts(report):
    return {(t.table, t.file): (t.loaded, t.unchanged, t.rejected) for t in report.tables}


def account(load, columns, header, row, **block):
    """The account that one row becomes."""
    columns = {"name": {"value": "N"}, **columns}
    report = load({"accounts": {"from": "x.csv", "columns": columns, **block}}, x=[header, row])
    assert report.outcome == "done", report
    return Account.objects.get()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("k", "7"),
        ({"column": "k", "prefix": "acc-", "suffix": "!"}, "acc-7!"),
        ({"concat": ["k", "b", "e"], "with": "/"}, "7/B"),
        ({"concat": ["k", {"value": "-"}, "b"]}, "7-B"),
        ({"column": "b", "map": {"b": "Bee"}}, "Bee"),
        ({"column": "k", "map": {"b": "Bee"}, "else": "other"}, "other"),
        ({"column": "e", "default": "none"}, "none"),
        ({"column": "e", "map": {"x": "y"}, "default": "none"}, "none"),
        ({"column": "k", "times": 3, "divide": 2}, "10.5"),
        ({"column": "k", "as": "number"}, "7.0"),
        ({"value": 12}, "12"),
    ],
)
def test_each_expression_makes_its_cell(load, expression, expected):
    made = account(load, {"id": expression}, "k,b,e", "7,B,", rest="ignore").external_id
    assert made == expected


def test_a_hash_depends_on_every_part_and_on_where_each_begins(load):
    def hashed(row):
        Account.objects.all().delete()
        columns = {"id": {"hash": ["k", "b"]}}
        return account(load, columns, "k,b", row).external_id

    assert len({hashed("7,B"), hashed("7,B"), hashed("7B,"), hashed(",7B")}) == 3


def test_dates_are_read_by_their_format_and_shifted(load):
    columns = {
        "id": "k",
        "created_at": {"column": "d", "date": "%d.%m.%Y %H:%M", "plus": {"hours": "h"}},
    }
    made = account(load, columns, "k,d,h", "7,31.12.2023 22:30,3")
    assert made.created_at == datetime(2024, 1, 1, 1, 30, tzinfo=UTC)


def test_a_date_with_a_zone_keeps_it(load):
    columns = {"id": "k", "created_at": {"column": "d", "date": "%Y%m%d%z"}}
    made = account(load, columns, "k,d", "7,20240102+0200")
    assert made.created_at == datetime(2024, 1, 1, 22, tzinfo=UTC)


def test_columns_nobody_mapped_become_custom_fields_where_wanted(load):
    made = account(
        load, {"id": "k", "size": "n"}, "k,n,rest,no", "7,5,true,x", rest="custom", ignore=["no"]
    )
    assert made.custom == {"size": 5, "rest": True}


def test_rows_are_filtered(load):
    rows = ["k,kind,x", "1,Customer,a", "2,partner,", "3,customer,", "4,lead,b"]
    block = {"from": "x.csv", "columns": {"id": "k", "name": "k"}, "rest": "ignore"}
    load(
        {
            "accounts": {
                **block,
                "where": [
                    {"column": "kind", "in": ["customer", "lead"]},
                    {"column": "x", "filled": True},
                ],
            }
        },
        x=rows,
    )
    assert sorted(Account.objects.values_list("external_id", flat=True)) == ["1", "4"]
    load({"accounts": {**block, "where": {"column": "kind", "not": "lead"}}}, x=rows)
    assert Account.objects.count() == 4


def test_several_files_fill_one_table_and_one_file_several_tables(load):
    tables = {
        "accounts": [
            {"from": "old.csv", "columns": {"id": "no", "name": "name"}, "ignore": ["tier"]},
            {"from": "new.csv", "columns": {"id": {"column": "no", "prefix": "n"}, "name": "no"}},
        ],
        "plans": {
            "from": "old.csv",
            "columns": {"id": "tier", "name": "tier", "tier": {"value": 1}},
            "ignore": ["no", "name"],
        },
    }
    report = load(tables, old=["no,name,tier", "1,One,p", "2,Two,p"], new=["no", "1", "2"])
    assert counts(report) == {
        ("plans", "old.csv"): (1, 1, 0),
        ("accounts", "old.csv"): (2, 0, 0),
        ("accounts", "new.csv"): (2, 0, 0),
    }
    assert Plan.objects.get().external_id == "p"


def test_one_id_in_two_files_is_told_by_the_earlier_one(load):
    block = {"columns": {"id": "id", "name": "name"}}
    tables = {"accounts": [{"from": "a.csv", **block}, {"from": "b.csv", **block}]}
    report = load(tables, a=["id,name", "x,First"], b=["id,name", "x,Last"])
    assert counts(report)["accounts", "a.csv"] == (0, 0, 1)
    assert Account.objects.get().name == "Last"
    assert "line 2 has the same id" in (load.folder / "a.accounts.rejected.csv").read_text()


def test_a_lookup_takes_a_column_of_another_file(load):
    tables = {
        "accounts": {"from": "acc.csv", "columns": {"id": "id", "name": "id"}},
        "tickets": {
            "from": "t.csv",
            "columns": {
                "id": "id",
                "account_id": {
                    "lookup": {
                        "file": "subs.csv",
                        "key": "sub",
                        "take": "acc",
                        "by": {"column": "sub", "prefix": "s"},
                    }
                },
                "opened_at": "at",
            },
        },
    }
    report = load(
        tables,
        acc=["id", "a"],
        subs=["sub,acc", "s1,a", "s1,zzz"],
        t=["id,sub,at", "t1,1,2024-01-01", "t2,2,2024-01-01"],
    )
    assert counts(report)["tickets", "t.csv"] == (1, 0, 1)
    assert Ticket.objects.get().account.external_id == "a"
    with (load.folder / "t.tickets.rejected.csv").open() as file:
        assert list(csv.reader(file))[1] == [
            "3",
            "account_id",
            "s2",
            "no row of subs.csv has this sub",
        ]


def test_events_get_properties_and_cells_that_cannot_be_made_are_rejected(load):
    tables = {
        "events": {
            "from": "u.csv",
            "columns": {
                "event": "what",
                "timestamp": {"column": "day", "date": "%d/%m/%Y"},
                "user_id": "who",
                "properties": {"object": {"n": {"column": "n", "as": "integer"}, "x": "x"}},
            },
        }
    }
    report = load(
        tables,
        u=["what,day,who,n,x", "run,01/02/2024,u,5,", "run,2024,u,5,", "run,01/02/2024,u,five,y"],
    )
    assert counts(report)["events", "u.csv"] == (1, 0, 2)
    table = next(store_snapshot().tables())
    assert json.loads(table["properties"][0].as_py()) == {"n": 5}
    text = (load.folder / "u.events.rejected.csv").read_text()
    assert "is not a date of the form %d/%m/%Y" in text
    assert "is not a number" in text


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"acounts": {}}, "there is no table 'acounts'; did you mean 'accounts'?"),
        ({"accounts": "x.csv"}, "needs 'from' and 'columns', or 'rows'"),
        ({"accounts": {"columns": {}}}, "'from' is missing"),
        ({"accounts": {"from": "../x.csv", "columns": {}}}, "'../x.csv' is a path"),
        ({"accounts": {"from": "/etc/x.csv", "columns": {}}}, "is a path"),
        ({"accounts": {"from": "x.doc", "columns": {}}}, "is no CSV, JSON Lines or Parquet"),
        ({"accounts": {"from": "x.csv"}}, "'columns' is missing"),
        ({"accounts": {"from": "x.csv", "columns": {}, "colums": {}}}, "'colums' is not known"),
        ({"tickets": {"from": "x.csv", "columns": {}, "rest": "custom"}}, "'rest' is one of"),
        ({"accounts": {"from": "x.csv", "columns": {}, "where": {"column": "a"}}}, "'where'"),
        ({"accounts": {"from": "x.csv", "columns": {}, "ignore": "k"}}, "'ignore' is a list"),
        ({"plans": {"rows": []}}, "'rows' is a list of rows"),
        ({"plans": {"rows": ["x"]}}, "each of 'rows' has columns"),
        (
            {"accounts": {"from": "x.csv", "columns": {"id": {"lookup": {"file": "y.csv"}}}}},
            "'lookup' has file, key, take and by",
        ),
        (
            {
                "accounts": {
                    "from": "x.csv",
                    "columns": {
                        "id": {"lookup": {"file": "../y.csv", "key": "k", "take": "t", "by": "k"}}
                    },
                }
            },
            "'../y.csv' is a path",
        ),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_without_looking_at_data(load, tables, sentence):
    with pytest.raises(LoadRefused) as refused:
        load(tables, x=["k"])
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"id": "kk"}, "accounts.id: x.csv has no column 'kk'; it has k, n."),
        ({"id": 5}, "is neither the name of a column nor an expression"),
        ({"id": {"prefix": "a"}}, "needs just one of column"),
        ({"id": {"column": "k", "value": 1}}, "needs just one of column"),
        ({"id": {"column": "k", "datum": "%Y"}}, "'datum' is not known"),
        ({"id": {"column": "k", "date": "year"}}, "'date' takes a format"),
        ({"id": {"column": "k", "as": "int"}}, "'as' is one of"),
        ({"id": {"column": "k", "map": []}}, "'map' takes values"),
        ({"id": {"column": "k", "times": "x"}}, "'times' takes a number"),
        ({"id": {"column": "k", "divide": 0}}, "'divide' cannot be zero"),
        ({"id": {"column": "k", "plus": {"years": 1}}}, "'plus' takes one of"),
        ({"id": {"column": "k", "with": "-"}}, "'with' goes with 'concat' only"),
        ({"id": {"concat": "k"}}, "take a list"),
        ({"id": {"object": ["k"]}}, "'object' takes names"),
        ({"id": {"value": [1]}}, "'value' is one constant"),
        ({"id": "k", "name": "k"}, "nothing is said of n of x.csv"),
        ({"id": "k"}, "the required column 'name' is missing"),
    ],
)
def test_a_mapping_that_does_not_fit_its_files_is_refused(load, columns, sentence):
    rest = "refuse" if "nothing is said" in sentence else "ignore"
    with pytest.raises(LoadRefused) as refused:
        load({"accounts": {"from": "x.csv", "columns": columns, "rest": rest}}, x=["k,n"])
    assert sentence in str(refused.value)
    assert Account.objects.count() == 0


def test_a_file_that_is_not_there_is_named(load):
    with pytest.raises(LoadRefused, match=r"there is no file gone\.csv"):
        load({"accounts": {"from": "gone.csv", "columns": {"id": "k", "name": "k"}}})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("tables: [", "is not YAML"),
        ("- a", "has 'tables' at the top"),
        ("tables: {}\nother: 1", "and nothing else"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
    ],
)
def test_a_mapping_file_is_only_ever_read_as_plain_yaml(tmp_path, content, sentence):
    path = tmp_path / "m.yaml"
    path.write_text(content)
    with pytest.raises(LoadRefused, match=sentence):
        mapping_read(path)
    with pytest.raises(LoadRefused, match="cannot be read"):
        mapping_read(tmp_path / "none.yaml")


def test_the_example_mapping_reads_files_of_its_shape(load):
    report = load(
        EXAMPLE,
        ravenstack_accounts=[
            (
                "account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats,"
                "is_trial,churn_flag"
            ),
            "A-1,Company,EdTech,US,2024-01-16,partner,Basic,9,False,True",
        ],
        ravenstack_subscriptions=[
            (
                "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,arr_amount,"
                "is_trial,upgrade_flag,downgrade_flag,churn_flag,billing_frequency,auto_renew_flag"
            ),
            "S-1,A-1,2024-02-01,,Pro,17,833,9996,False,False,False,False,annual,True",
        ],
        ravenstack_feature_usage=[
            (
                "usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,"
                "error_count,is_beta_feature"
            ),
            "U-1,S-1,2024-01-20,feature_20,9,5004,0,False",
        ],
        ravenstack_support_tickets=[
            (
                "ticket_id,account_id,submitted_at,closed_at,resolution_time_hours,priority,"
                "first_response_time_minutes,satisfaction_score,escalation_flag"
            ),
            "T-1,A-1,2024-02-03,2024-02-04 03:00:00,27.0,high,90,4.0,False",
        ],
        ravenstack_churn_events=[
            (
                "churn_event_id,account_id,churn_date,reason_code,refund_amount_usd,"
                "preceding_upgrade_flag,preceding_downgrade_flag,is_reactivation,feedback_text"
            ),
            "C-1,A-1,2024-03-01,pricing,4.03,False,False,False,too dear",
        ],
    )
    assert (report.rejected, len(report.tables)) == (0, 6)
    period = SubscriptionPeriod.objects.get()
    assert (period.interval, period.term_months, period.currency) == ("year", 12, "USD")
    assert Ticket.objects.get().first_reply_at == datetime(2024, 2, 3, 1, 30, tzinfo=UTC)
    assert next(store_snapshot().tables())["account_id"][0].as_py() == Account.objects.get().pk
