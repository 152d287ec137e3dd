"""The pages under Data: set-up, intake, loads, rejects, findings, identity, refresh."""

import csv
import io
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from tenure.core import clock
from tenure.core.models import AuditEntry, StageRun
from tenure.core.roles import Role
from tenure.events.models import AccountRef, Identifier, IntakeDay
from tenure.intake.models import Finding, Load, LoadedTable, Reject
from tenure.web.sources.intake import rate as read_rate
from tenure.web.sources.rejects import RejectFilters, reject_lines
from tenure.web.sources.stages import refresh_waits, stages
from tenure.web.tasks import refresh_run
from tenure.web.tests.factories import account_make, ago, book_make, story_make

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def load_make(**values):
    row = Load.objects.create(
        source="/srv/files", started_at=ago(0.1), ended_at=ago(0.05), **values
    )
    LoadedTable.objects.create(
        load=row, table="accounts", file="accounts.csv", loaded=7, unchanged=2, rejected=1
    )
    return row


def reject_make(**values):
    values = {
        "door": "file",
        "table": "accounts",
        "at": clock.now(),
        "line": 4,
        "reason": "no",
        **values,
    }
    return Reject.objects.create(**values)


def test_an_empty_tenure_shows_the_way_to_set_it_up(leader):
    answer = leader.get("/data")
    text = answer.content.decode()
    assert answer.context["todo"] > 8
    assert "Load accounts" in text
    assert "tenure load FOLDER" in text
    assert "No events in 30 days" in text
    assert "Nothing was loaded yet" in text


def test_the_check_list_ticks_what_is_done(leader, users):
    story_make(book_make(3, owners=[users[Role.CSM]])[0])
    done = {str(c.name) for c in leader.get("/data").context["checks"] if c.done}
    assert {"Load accounts", "Set tiers", "Say who decides"} <= done
    assert "Connect events" not in done


def test_tables_show_their_rows_and_how_fresh_they_are(leader, users):
    story_make(book_make(2)[0], touchpoints=5)
    rows = {row.key: row for row in leader.get("/data").context["tables"]}
    assert (rows["accounts"].rows, rows["touchpoints"].rows, rows["tickets"].rows) == (2, 5, 6)
    assert rows["touchpoints"].newest.date() == ago(10).date()
    assert rows["events"].rows == 0


def test_a_corrected_fact_counts_once(leader):
    from tenure.timeline.models import Ticket

    account = account_make()
    for superseded in (ago(1), None):
        Ticket.objects.create(
            external_id="t",
            account=account,
            opened_at=ago(3),
            recorded_at=ago(2),
            superseded_at=superseded,
        )
    rows = {row.key: row.rows for row in leader.get("/data").context["tables"]}
    assert rows["tickets"] == 1


def test_intake_is_drawn_by_source_with_a_table(leader):
    today = clock.today()
    IntakeDay.objects.create(day=today, source="web app", stored=40, duplicate=2, rejected=1)
    IntakeDay.objects.create(day=today - timedelta(days=3), source="file", stored=60)
    IntakeDay.objects.create(day=today - timedelta(days=40), source="file", stored=999)
    rate = leader.get("/data").context["rate"]
    assert (rate.stored, rate.today, rate.duplicate, rate.rejected) == (100, 40, 2, 1)
    assert [s.name for s in rate.chart.series] == ["file", "web app"]
    assert rate.chart.series[1].values[-1] == 40
    assert "100 events stored" in rate.chart.summary
    with translation.override("de"):
        assert [s.name for s in read_rate().chart.series] == ["Datei", "web app"]


def test_many_sources_are_drawn_together(leader):
    for n in range(7):
        IntakeDay.objects.create(day=clock.today(), source=f"s{n}", stored=n + 1)
    series = leader.get("/data").context["rate"].chart.series
    assert len(series) == 5
    assert sum(s.values[-1] for s in series) == 28


def test_stages_show_their_newest_run_and_what_stopped_it(leader):
    StageRun.objects.create(stage="metrics", started_at=ago(2), ended_at=ago(2), outcome="done")
    StageRun.objects.create(
        stage="metrics",
        started_at=ago(1),
        ended_at=ago(1) + timedelta(seconds=8),
        outcome="failed",
        detail={"error": f"OSError: {MARKUP}"},
    )
    metrics = next(s for s in stages() if s.name == "Metrics")
    assert (metrics.outcome, round(metrics.seconds)) == ("failed", 8)
    text = leader.get("/data").content.decode()
    assert MARKUP not in text
    assert "OSError: &lt;img" in text


def test_refresh_now_is_queued_for_the_worker_and_runs_the_stages(
    leader, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = leader.post("/data/refresh", follow=True)
    assert "The refresh is queued" in answer.content.decode()
    assert DBTaskResult.objects.filter(task_path="tenure.web.tasks.refresh_run").count() == 1
    assert refresh_waits()
    assert AuditEntry.objects.filter(action="refresh.request").exists()
    again = leader.post("/data/refresh", follow=True)
    assert "queued already" in again.content.decode()
    assert DBTaskResult.objects.count() == 1
    said = refresh_run.func()
    assert "metrics done" in said
    assert StageRun.objects.filter(stage="relationship", outcome="done").exists()


def test_a_refresh_that_finds_another_running_comes_back_later():
    from tenure.core.turn import turn

    held, ended = Event(), Event()

    def hold():
        with turn("refresh"):
            held.set()
            ended.wait(30)
        connection.close()

    other = Thread(target=hold)
    other.start()
    held.wait(30)
    assert refresh_run.func() == "later"
    ended.set()
    other.join()
    queued = DBTaskResult.objects.get()
    assert queued.run_after > queued.enqueued_at
    assert not StageRun.objects.exists()


def test_loads_are_listed_with_their_tables(leader):
    row = load_make(outcome=Load.Outcome.REJECTS)
    text = leader.get("/data/loads").content.decode()
    assert "/srv/files" in text
    assert "done with rejects" in text
    one = leader.get(f"/data/loads/{row.pk}")
    assert "accounts.csv" in one.content.decode()
    assert f"?load={row.pk}&amp;table=accounts" in one.content.decode()
    assert leader.get("/data/loads/999999").status_code == 404


def test_rejects_are_narrowed_by_door_table_load_and_day(leader):
    row = load_make()
    reject_make(load=row, reason="from the file")
    reject_make(door="tracking", table="track", at=ago(3), reason="from the door")
    assert leader.get("/data/rejected").context["page"].paginator.count == 2
    for query in (f"load={row.pk}", "door=file", "table=accounts", f"day={clock.today()}"):
        found = leader.get(f"/data/rejected?{query}").context["page"].object_list
        assert [r.reason for r in found] == ["from the file"], query
    assert "Nothing rejected passes" in leader.get("/data/rejected?table=none").content.decode()
    assert leader.get("/data/rejected?load=x&day=2026-99-99&door=%00&page=-1").status_code == 200


def test_rejects_come_a_page_at_a_time(leader):
    Reject.objects.bulk_create(
        Reject(door="file", table="people", at=clock.now(), reason=str(n)) for n in range(120)
    )
    page = leader.get("/data/rejected?page=3").context["page"]
    assert (len(page.object_list), page.paginator.num_pages) == (20, 3)


def test_the_csv_of_rejects_holds_nothing_that_a_spreadsheet_would_run(leader):
    reject_make(value="=HYPERLINK(1)", reason="ü, and a comma")
    answer = leader.get("/data/rejected.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header[:3] == ["at", "door", "table"]
    assert row[6:] == ["'=HYPERLINK(1)", "ü, and a comma"]
    assert list(reject_lines(RejectFilters(door="none").rows()))[1:] == []


def test_markup_in_a_rejected_value_is_shown_as_text(leader):
    reject_make(value=MARKUP, column=MARKUP, reason=MARKUP)
    text = leader.get("/data/rejected").content.decode()
    assert MARKUP not in text
    assert text.count("&lt;img src=x") == 3


def finding_make(**values):
    values = {
        "code": "paid_twice",
        "severity": "warning",
        "table": "invoices",
        "count": 3,
        "params": {},
        "first_seen_at": ago(9),
        "last_seen_at": ago(1),
        **values,
    }
    return Finding.objects.create(**values)


def test_findings_come_gravest_first_and_resolved_ones_only_when_asked_for(leader):
    finding_make(severity="info", table="people")
    finding_make(severity="error", account=account_make(MARKUP))
    finding_make(severity="error", table="plans", resolved_at=ago(1))
    answer = leader.get("/data/findings")
    assert [r.finding.severity for r in answer.context["rows"]] == ["error", "info"]
    assert MARKUP not in answer.content.decode()
    assert len(leader.get("/data/findings?resolved=1").context["rows"]) == 3
    assert len(leader.get("/data/findings?severity=info").context["rows"]) == 1
    assert leader.get("/data/findings?severity=x&table=%00").status_code == 200


def test_data_that_does_not_contradict_itself_says_so(leader):
    assert "does not contradict itself" in leader.get("/data/findings").content.decode()


def test_identity_shows_shares_and_the_accounts_that_nobody_loaded(leader):
    known = account_make()
    AccountRef.objects.create(
        value="known", account=known, first_seen_at=ago(9), last_seen_at=ago(1)
    )
    for n in range(3):
        AccountRef.objects.create(
            value=f"<b>{n}", waiting=10 * n, first_seen_at=ago(9), last_seen_at=ago(1)
        )
    Identifier.objects.create(kind="user", value="u1")
    answer = leader.get("/data/identity")
    assert answer.context["identity"].account_share == 0.25
    assert answer.context["identity"].user_share == 0
    assert [ref.waiting for ref in answer.context["page"].object_list] == [20, 10, 0]
    assert "<b>2" not in answer.content.decode()
