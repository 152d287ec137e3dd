"""The rules of loading: refusals, rejects, repeats, interruptions, hostile files."""

import csv
import random
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.core.errors import NotAllowed
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.events.selectors import store_snapshot
from tenure.intake.loading import LoadRefused, load_folder
from tenure.intake.loading import rejects as rejects_module
from tenure.intake.models import Load, LoadedTable, Reject
from tenure.timeline.models import SurveyAnswer, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


def write(folder, **files):
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def rejected(folder, table):
    with (folder / f"{table}.rejected.csv").open(newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def counts(report):
    return {t.table: (t.loaded, t.unchanged, t.rejected) for t in report.tables}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("id", "accounts.csv: the required column 'name' is missing."),
        ("nome,segment", "accounts.csv: the required columns 'id', 'name' are missing."),
        ("id,name,name", "accounts.csv: the column 'name' appears 2 times"),
        ("id,name,", "accounts.csv: column 3 has no name"),
        ("", "accounts.csv: the file is empty"),
        ("id,name," + "x" * 200, "has too long or broken a name"),
        ("id,name," + ",".join(f"c{i}" for i in range(301)), "301 custom fields are too many"),
    ],
)
def test_a_wrong_header_refuses_the_folder_before_anything_is_written(folder, header, sentence):
    write(folder, plans="id,name,tier\np,P,1\n", accounts=f"{header}\n" if header else "")
    with pytest.raises(LoadRefused) as refused:
        load_folder(folder)
    assert sentence in str(refused.value)
    assert Plan.objects.count() == Account.objects.count() == 0
    assert Load.objects.get().outcome == "refused"
    assert sentence in Load.objects.get().message


def test_a_table_without_custom_fields_refuses_unknown_columns_and_names_the_likely_one(folder):
    write(folder, tickets="id,account_id,opened\n", events="event,timestamp\n")
    with pytest.raises(LoadRefused) as refused:
        load_folder(folder)
    assert refused.value.problems == [
        "tickets.csv: the required column 'opened_at' is missing.",
        "tickets.csv: tickets has no column 'opened'; did you mean 'opened_at'?",
        (
            "events.csv: at least one of the columns 'user_id', 'account_id', 'anonymous_id' "
            "is needed."
        ),
    ]


def test_files_that_cannot_be_read_at_all_are_refused_with_a_sentence(folder):
    write(
        folder,
        accounts="id,name\na,A\n".encode("utf-16"),
        people=b"id,n\xe9e\n",
        plans="id,name,tier\n",
    )
    (folder / "tickets.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(LoadRefused) as refused:
        load_folder(folder)
    assert refused.value.problems == [
        "accounts.csv is UTF-16; save it as UTF-8 and load again.",
        "people.csv is not UTF-8; save it as UTF-8 and load again.",
        "tickets.parquet is not a Parquet file that can be read.",
    ]


def test_a_broken_gzip_is_refused(folder):
    (folder / "accounts.csv.gz").write_bytes(b"no gzip at all")
    with pytest.raises(LoadRefused, match="breaks off"):
        load_folder(folder)


def test_a_folder_must_be_there_and_hold_tables(folder):
    with pytest.raises(LoadRefused, match="There is no folder"):
        load_folder(folder / "nowhere")
    with pytest.raises(LoadRefused, match="holds no table"):
        load_folder(folder)
    write(folder, accounts="id,name\n")
    with pytest.raises(LoadRefused, match="is not a folder"):
        load_folder(folder / "accounts.csv")
    (folder / "accounts.jsonl").write_text("")
    with pytest.raises(LoadRefused, match=r"accounts.csv, accounts.jsonl are the same table"):
        load_folder(folder)


def test_only_an_administrator_loads(folder):
    write(folder, accounts="id,name\na,A\n")
    csm = user_create(actor=None, email="c@example.com", role=Role.CSM)
    with pytest.raises(NotAllowed):
        load_folder(folder, actor=csm)
    assert Load.objects.count() == 0


def test_files_that_are_no_table_are_named(folder):
    write(folder, accounts="id,name\na,A\n", acounts="id\n")
    (folder / "notes.txt").write_text("hello")
    assert load_folder(folder).ignored == ("acounts.csv", "notes.txt")


def test_bad_rows_never_stop_the_load_and_never_disappear(folder):
    write(
        folder,
        plans="id,name,tier\nbasic,Basic,1\n",
        accounts="id,name\na,A\n",
        subscriptions="id,account_id,plan_id,mrr,started_at,ended_at,is_trial\n"
        "s1,a,basic,10,2024-01-01,,\n"
        "s2,a,basic,ten,2024-01-01,,\n"
        "s3,a,basic,-1,2024-01-01,,\n"
        "s4,a,basic,1,2024-13-01,,\n"
        "s5,nobody,basic,1,2024-01-01,,\n"
        "s6,a,gold,1,2024-01-01,,\n"
        "s7,a,basic,1,,,\n"
        "s8,a,basic,1,2024-01-01,,maybe\n"
        "s9,a,basic,1\n"
        ",a,basic,1,2024-01-01,,\n",
    )
    report = load_folder(folder)
    assert report.outcome == "rejects"
    assert counts(report)["subscriptions"] == (1, 0, 9)
    found = rejected(folder, "subscriptions")
    assert [(line, column, value) for line, column, value, _reason in found] == [
        ("3", "mrr", "ten"),
        ("4", "mrr", "-1"),
        ("5", "started_at", "2024-13-01"),
        ("8", "started_at", ""),
        ("9", "is_trial", "maybe"),
        ("10", "", "s9,a,basic,1"),
        ("11", "id", ""),
        ("6", "account_id", "nobody"),
        ("7", "plan_id", "gold"),
    ]
    assert {(str(r.line), r.column, r.reason) for r in Reject.objects.all()} == {
        (line, column, reason) for line, column, _value, reason in found
    }
    assert report.tables[-1].rejected_file == str(folder / "subscriptions.rejected.csv")


def test_rejects_of_an_earlier_load_are_taken_away_when_there_are_none(folder):
    write(folder, accounts="id,name\na,\n")
    assert load_folder(folder).rejected == 1
    write(folder, accounts="id,name\na,A\n")
    assert load_folder(folder).rejected == 0
    assert not (folder / "accounts.rejected.csv").exists()


def test_a_folder_that_cannot_be_written_has_its_rejects_at_home(folder, settings, monkeypatch):
    write(folder, accounts="id,name\na,\n")
    real = rejects_module.tempfile.mkstemp

    def refuse(suffix, prefix, where):
        if Path(where) == folder:
            raise PermissionError(13, "read only")
        return real(suffix, prefix, where)

    monkeypatch.setattr(rejects_module.tempfile, "mkstemp", refuse)
    report = load_folder(folder)
    path = Path(report.tables[0].rejected_file)
    assert path == settings.HOME / "rejects" / str(report.load_id) / "accounts.rejected.csv"
    assert "is empty, but required" in path.read_text()


def test_the_database_keeps_the_first_rejects_and_the_file_all(folder, monkeypatch):
    monkeypatch.setattr(rejects_module, "CAP", 5)
    write(folder, accounts="id,name\n" + "".join(f"a{i},\n" for i in range(20)))
    report = load_folder(folder)
    assert report.rejected == LoadedTable.objects.get().rejected == 20
    assert Reject.objects.count() == 5
    assert len(rejected(folder, "accounts")) == 20


def test_no_reject_is_a_formula_and_none_breaks_the_file(folder):
    cells = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-5", "-x", "a\0b", '"q"', "x" * 5000, "é\n"]
    with (folder / "tickets.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "account_id", "opened_at"])
        out.writerows([str(i), "a", cell] for i, cell in enumerate(cells))
    load_folder(folder)
    values = [value for _line, _column, value, _reason in rejected(folder, "tickets")]
    assert values[:7] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'+1+1", "-5", "'-x", "a␀b", '"q"']
    assert len(values[7]) == 200
    assert Reject.objects.count() == len(cells)


def test_a_reject_file_is_never_written_through_a_link(folder, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (folder / "accounts.rejected.csv").symlink_to(victim)
    write(folder, accounts="id,name\na,\n")
    load_folder(folder)
    assert victim.read_text() == "precious"
    assert not (folder / "accounts.rejected.csv").is_symlink()
    assert not stat.S_IMODE((folder / "accounts.rejected.csv").stat().st_mode) & 0o077


def test_bytes_that_are_not_utf8_cost_only_their_row(folder):
    write(
        folder,
        accounts=b"id,name\na,A\nb,caf\xe9\nc,C\n",
        events=b"event,timestamp,user_id\nx,2024-01-01,u\nx,2024-01-01,\xff\ny,2024-01-01,u\n",
    )
    assert counts(load_folder(folder)) == {"accounts": (2, 0, 1), "events": (2, 0, 1)}
    assert rejected(folder, "accounts")[0][:2] == ("3", "name")
    assert rejected(folder, "events")[0][0] == "3"


def test_a_quotation_mark_that_is_never_closed_costs_only_its_row(folder):
    write(
        folder,
        accounts='id,name\na,A\nb,"open\nc,C\nd,"D ""quoted"""\n',
        events='event,timestamp,user_id\nx,2024-01-01,u\nx,2024-01-02,"u\nx,2024-01-03,u\n',
    )
    assert counts(load_folder(folder)) == {"accounts": (3, 0, 1), "events": (2, 0, 1)}
    line, _column, value, reason = rejected(folder, "accounts")[0]
    assert (line, value) == ("3", 'b,"open')
    assert "never closed" in reason
    assert rejected(folder, "events")[0][0] == "3"
    assert Account.objects.get(external_id="d").name == 'D "quoted"'


def test_lines_are_counted_as_an_editor_counts_them(folder):
    rows = 'x,2024-01-01,u,"{""a"":\n1}"\n,2024-01-01,u,\n\nx,never,u,\n'
    write(
        folder,
        accounts='id,name,note\na,A,"two\nlines"\nb,,\n',
        events="event,timestamp,user_id,properties\n" + rows,
    )
    load_folder(folder)
    assert rejected(folder, "accounts")[0][0] == "4"
    assert [row[0] for row in rejected(folder, "events")] == ["4", "6"]


def test_events_are_checked_one_by_one(folder):
    good = "ok,2024-01-01T10:00:00+02:00,u,,,"
    huge = "x" * 33_000
    with (folder / "events.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["event", "timestamp", "user_id", "account_id", "anonymous_id", "properties"])
        out.writerow([*good.split(",")[:5], '{"a": [1, {"b": null}]}'])
        out.writerow(["", "2024-01-01", "u", "", "", ""])
        out.writerow(["x", "", "u", "", "", ""])
        out.writerow(["x", "yesterday", "u", "", "", ""])
        out.writerow(["x", "0999-01-01", "u", "", "", ""])
        out.writerow(["x", "infinity", "u", "", "", ""])
        out.writerow(["x", "2024-01-01", "", " ", "", ""])
        out.writerow(["x", "2024-01-01", "u", "", "", "{broken"])
        out.writerow(["x", "2024-01-01", "u", "", "", "[1]"])
        out.writerow(["x", "2024-01-01", "u", "", "", f'{{"a": "{huge}"}}'])
        out.writerow(["x", "2024-01-01", "u\0", "", "", ""])
        out.writerow(["x", "2024-01-01", "u" * 400, "", "", ""])
        out.writerow(["last", "2024-01-02", "", "", "anon", ""])
    assert counts(load_folder(folder)) == {"events": (2, 0, 11)}
    assert [(int(line), column) for line, column, _v, _r in rejected(folder, "events")] == [
        (3, "event"),
        (4, "timestamp"),
        (5, "timestamp"),
        (6, "timestamp"),
        (7, "timestamp"),
        (8, "user_id"),
        (9, "properties"),
        (10, "properties"),
        (11, "properties"),
        (12, "event"),
        (13, "user_id"),
    ]
    assert store_snapshot().rows == 2


def test_events_without_a_message_id_are_known_by_what_they_say(folder):
    rows = "x,2024-01-01,u\nx,2024-01-01,u\nx,2024-01-02,u\n"
    write(folder, events="event,timestamp,user_id\n" + rows)
    assert counts(load_folder(folder)) == {"events": (2, 1, 0)}
    assert counts(load_folder(folder)) == {"events": (0, 3, 0)}


def test_json_lines_with_broken_lines_keep_the_others(folder):
    (folder / "accounts.jsonl").write_bytes(
        b'{"id": "a", "name": "A", "tags": ["x"], "n": 5}\n[1]\n{"id": \n\n'
        b'{"id": "b", "name": {"x": 1}}\n{"id": 7, "name": "nul\\u0000"}\n{"id": 8, "name": "C"}\n'
    )
    (folder / "events.jsonl").write_text(
        '{"event": "x", "timestamp": "2024-01-01", "user_id": 5}\nnonsense\n'
    )
    assert counts(load_folder(folder)) == {"accounts": (2, 0, 4), "events": (1, 0, 1)}
    assert [row[:2] for row in rejected(folder, "accounts")] == [
        ("2", ""),
        ("3", ""),
        ("5", "name"),
        ("6", "name"),
    ]
    assert Account.objects.get(external_id="a").custom == {"tags": ["x"], "n": 5}


def test_of_two_rows_with_one_id_the_last_counts_even_far_apart(folder, monkeypatch):
    monkeypatch.setattr("tenure.intake.loading.rows.CHUNK", 2)
    write(
        folder,
        accounts="id,name\na,First\nb,B\nc,C\nd,D\nb,B\na,Last\n",
        plans="id,name,tier\np,P,1\n",
        subscriptions="id,account_id,plan_id,mrr,started_at\n"
        "s,a,p,1,2024-01-01\ns,a,p,2,2024-01-01T00:00:00Z\ns,a,p,3,2024-02-01\n",
    )
    report = load_folder(folder)
    assert counts(report)["accounts"] == (4, 1, 1)
    assert rejected(folder, "accounts") == [
        ("2", "id", "a", "line 7 has the same id; the later line counts")
    ]
    assert rejected(folder, "subscriptions")[0][0] == "2"
    assert Account.objects.get(external_id="a").name == "Last"
    assert sorted(SubscriptionPeriod.objects.values_list("mrr", flat=True)) == [2, 3]
    again = load_folder(folder)
    assert counts(again)["accounts"] == (0, 5, 1)
    assert counts(again)["subscriptions"] == (0, 2, 1)


def test_optional_ids_that_nobody_has_cost_only_themselves(folder):
    write(
        folder,
        accounts="id,name,parent_id\na,A,nobody\n",
        tickets="id,account_id,person_id,opened_at\nt,a,nobody,2024-01-01\n",
    )
    report = load_folder(folder)
    assert counts(report) == {"accounts": (1, 0, 1), "tickets": (1, 0, 1)}
    assert "kept without it" in rejected(folder, "tickets")[0][3]
    assert Ticket.objects.get().person is None


def test_a_parent_on_a_later_line_of_another_chunk_is_found(folder, monkeypatch):
    monkeypatch.setattr("tenure.intake.loading.rows.CHUNK", 1)
    write(folder, accounts="id,name,parent_id\nc,C,b\nb,B,a\na,A,\n")
    assert counts(load_folder(folder))["accounts"] == (3, 0, 0)
    assert counts(load_folder(folder))["accounts"] == (0, 3, 0)
    write(folder, accounts="id,name,parent_id\nc,C,a\nb,B,a\na,A,\n")
    assert counts(load_folder(folder))["accounts"] == (1, 2, 0)


def test_scores_outside_their_scale_are_rejected(folder):
    write(
        folder,
        accounts="id,name\na,A\n",
        survey_answers="id,kind,score,answered_at,account_id\n1,nps,11,2024-01-01,a\n"
        "2,csat,0,2024-01-01,a\n3,ces,7,2024-01-01,a\n4,mood,1,2024-01-01,a\n",
    )
    assert counts(load_folder(folder))["survey_answers"] == (1, 0, 3)
    assert SurveyAnswer.objects.get().kind == "ces"


def test_columns_a_file_leaves_out_keep_their_value_and_empty_cells_clear_theirs(folder):
    write(folder, accounts="id,name,industry,country,vip\na,A,Rail,NL,yes\n")
    load_folder(folder)
    write(folder, accounts="id,name,industry,vip\na,A,,\n")
    load_folder(folder)
    account = Account.objects.get()
    assert (account.industry, account.country, account.custom) == ("", "NL", {})


def test_an_interrupted_load_is_gone_on_with_by_loading_again(folder, monkeypatch):
    monkeypatch.setattr("tenure.intake.loading.rows.CHUNK", 2)
    write(folder, accounts="id,name\n" + "".join(f"a{i},A\n" for i in range(10)))

    def interrupt(table, done, total):
        if Account.objects.count() >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_folder(folder, report=interrupt)
    assert "Interrupted" in Load.objects.get().message
    assert counts(load_folder(folder)) == {"accounts": (6, 4, 0)}


def test_a_load_that_was_killed_is_marked_so_by_the_next_one(folder):
    write(folder, accounts="id,name\na,A\n")
    killed = Load.objects.create(source=str(folder), started_at=clock.now())
    load_folder(folder)
    killed.refresh_from_db()
    assert (killed.outcome, killed.ended_at is None) == ("failed", False)


def test_large_event_files_are_cut_between_rows(folder, monkeypatch):
    monkeypatch.setattr("tenure.intake.loading.events.blocks.SIZE", 200)
    with (folder / "events.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["event", "timestamp", "user_id", "properties"])
        for i in range(100):
            row = [f"e{i}", "2024-01-01", "u", f'{{"t": "a,\\"{i}\\"",\n"n": {i}}}']
            out.writerow(row if i % 10 else ["", *row[1:]])
    assert counts(load_folder(folder)) == {"events": (90, 0, 10)}
    lines = [int(row[0]) for row in rejected(folder, "events")]
    assert lines == [2 + 2 * i for i in range(0, 100, 10)]


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text
)
account_rows = st.lists(
    st.tuples(names, names, st.sampled_from(["", "x", "y", "z"]), names),
    unique_by=lambda row: row[0],
    max_size=12,
)


def store_accounts(folder, rows):
    with (folder / "accounts.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "name", "parent_id", "colour"])
        out.writerows(rows)
    return load_folder(folder)


def snapshot():
    rows = Account.objects.values_list("external_id", "name", "parent__external_id", "custom")
    return sorted(map(repr, rows))


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=account_rows, seed=st.integers(0, 99))
def test_accounts_loaded_twice_or_in_any_order_are_the_same(tmp_path_factory, rows, seed):
    Account.objects.all().delete()
    folder = tmp_path_factory.mktemp("in")
    first = store_accounts(folder, rows)
    before = snapshot()
    again = store_accounts(folder, rows)
    assert again.tables[0].loaded == 0
    assert again.tables[0].unchanged == first.tables[0].loaded == len(rows)
    assert again.tables[0].rejected == first.tables[0].rejected
    Account.objects.all().delete()
    random.Random(seed).shuffle(rows)
    store_accounts(folder, rows)
    assert snapshot() == before


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("st"), st.integers(1, 4), st.integers(0, 3)), max_size=10
    ),
    history=st.booleans(),
)
def test_subscriptions_loaded_twice_are_unchanged_however_they_repeat(
    tmp_path_factory, rows, history
):
    folder = tmp_path_factory.mktemp("in")
    SubscriptionPeriod.objects.all().delete()
    lines = [f"{name},a,p,{mrr},2024-0{month}-01" for name, month, mrr in rows]
    write(
        folder,
        accounts="id,name\na,A\n",
        plans="id,name,tier\np,P,1\n",
        subscriptions="\n".join(["id,account_id,plan_id,mrr,started_at", *lines]),
    )
    first = counts(load_folder(folder, history=history))["subscriptions"]
    again = counts(load_folder(folder, history=history))["subscriptions"]
    keys = {(name, month): mrr for name, month, mrr in rows}
    assert first[0] == len(keys)
    assert again == (0, first[0] + first[1], first[2])
    held = SubscriptionPeriod.objects.filter(superseded_at=None)
    assert {(p.external_id, p.started_at.month): p.mrr for p in held} == keys
    assert (folder / "subscriptions.rejected.csv").exists() == bool(first[2])
