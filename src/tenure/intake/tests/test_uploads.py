"""Files given in the browser: kept within limits, recognised, looked at, loaded as a folder is."""

import gzip
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create, user_set_role
from tenure.events.selectors import store_snapshot
from tenure.intake.loading import LoadRefused
from tenure.intake.models import Load, Reject, Upload
from tenure.intake.uploads import keeping, looking, services
from tenure.intake.uploads.recognising import by_name
from tenure.intake.uploads.seen import look_of
from tenure.intake.uploads.tasks import upload_load

pytestmark = pytest.mark.django_db
ACCOUNTS = b"id,name,size\na,Aster,4\nb,Birch,7\n"
PLANS = b"id,name,tier\np,Pro,1\n"
SUBSCRIPTIONS = (
    b"id,account_id,plan_id,mrr,started_at\ns1,a,p,10,2026-01-01\ns2,nobody,p,10,2026-01-01\n"
)


@pytest.fixture(autouse=True)
def _home(own_store, settings):
    settings.HOME.mkdir()


@pytest.fixture
def admin():
    return user_create(actor=None, email="a@example.com", role=Role.ADMIN)


def give(actor, **files):
    """An upload of files given by name, with "." for "__"."""
    given = [SimpleUploadedFile(n.replace("__", "."), content) for n, content in files.items()]
    return services.upload_create(actor=actor, files=given)


def looks(upload):
    return {file.name: look_of(file.look) for file in upload.files.all()}


def confirmed(actor, upload):
    services.upload_confirm(actor=actor, upload=upload)
    services.upload_run(Upload.objects.get(pk=upload.pk))
    return Upload.objects.get(pk=upload.pk)


def test_files_that_name_each_other_are_tried_together_and_taken_back(admin):
    upload = give(admin, subscriptions__csv=SUBSCRIPTIONS, plans__csv=PLANS, accounts__csv=ACCOUNTS)
    assert (upload.state, upload.rehearsed) == ("ready", True)
    seen = looks(upload)
    counts = {name: (look.taken, look.rejected) for name, look in seen.items()}
    assert counts == {"accounts.csv": (2, 0), "plans.csv": (1, 0), "subscriptions.csv": (1, 1)}
    (refusal,) = seen["subscriptions.csv"].refusals
    assert (refusal.line, refusal.column, refusal.value) == (3, "account_id", "nobody")
    assert [c.kind for c in seen["accounts.csv"].columns] == ["required", "required", "custom"]
    assert seen["accounts.csv"].rows[0] == ("a", "Aster", "4")
    for model in (Account, Plan, SubscriptionPeriod, Reject, Load):
        assert not model.objects.exists()


def test_what_the_look_says_is_what_the_load_does(admin):
    files = {"subscriptions__csv": SUBSCRIPTIONS, "plans__csv": PLANS, "accounts__csv": ACCOUNTS}
    upload = give(admin, **files)
    told = {
        name: (look.taken, look.unchanged, look.rejected) for name, look in looks(upload).items()
    }
    upload = confirmed(admin, upload)
    done = {t.file: (t.loaded, t.unchanged, t.rejected) for t in upload.load.tables.all()}
    assert (upload.state, done) == ("done", told)
    assert upload.load.started_by == admin
    assert upload.load.source.startswith(f"upload {upload.pk}: plans.csv, accounts.csv")
    assert Reject.objects.get(load=upload.load).value == "nobody"
    again = {n: (x.taken, x.unchanged, x.rejected) for n, x in looks(give(admin, **files)).items()}
    assert again["accounts.csv"] == (0, 2, 0)


def test_after_the_load_nothing_of_the_files_is_left(admin):
    upload = give(admin, accounts__csv=ACCOUNTS)
    assert oct(keeping.folder_of(upload).stat().st_mode)[-3:] == "700"
    upload = confirmed(admin, upload)
    assert not keeping.folder_of(upload).exists()
    assert looks(upload) == {"accounts.csv": look_of({})}


def test_a_large_upload_is_looked_at_by_the_worker_row_by_row(
    admin, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(services, "AT_ONCE", 10)
    monkeypatch.setattr(looking, "REHEARSED", 10)
    with django_capture_on_commit_callbacks(execute=True):
        upload = give(admin, accounts__csv=ACCOUNTS + b"b,Birch,7\nc,,1\n")
    assert upload.state == "looking"
    assert DBTaskResult.objects.get().task_path.endswith("upload_look")
    looking.looked_at(upload)
    look = looks(upload)["accounts.csv"]
    assert (upload.state, upload.rehearsed) == ("ready", False)
    assert (look.taken, look.unchanged, look.rejected) == (2, 1, 1)
    assert not Account.objects.exists()


def test_events_are_only_read_until_they_are_loaded(admin):
    events = b"event;timestamp;account_id\nopened;2026-01-02;a\nopened;never;a\n"
    upload = give(admin, events__csv=events)
    look = looks(upload)["events.csv"]
    assert (look.taken, look.rejected) == (1, 1)
    assert store_snapshot().rows == 0
    confirmed(admin, upload)
    assert store_snapshot().rows == 1


@pytest.mark.parametrize(
    ("stem", "table"),
    [
        ("accounts", "accounts"),
        ("2026-01 survey answers (2)", "survey_answers"),
        ("export_plans_final", "plans"),
        ("accounts and people", ""),
        ("plays_log", "plays_log"),
        ("accountsx", ""),
    ],
)
def test_a_name_tells_its_table(stem, table):
    assert by_name(stem) == table


def test_a_header_tells_the_table_where_the_name_does_not(admin):
    upload = give(
        admin, a__csv=PLANS, b__csv=SUBSCRIPTIONS, c__csv=b"id\nx\n", d__csv=b"x,y\n1,2\n"
    )
    assert [f.table for f in upload.files.order_by("place")] == [
        "plans",
        "subscriptions",
        "people",
        "",
    ]


def test_another_table_may_be_chosen_and_a_file_left_out(admin):
    upload = give(admin, people__csv=ACCOUNTS, junk__csv=b"x\n1\n")
    services.upload_assign(actor=admin, upload=upload, tables={1: "accounts", 2: ""}, history=True)
    assert looks(upload)["people.csv"].taken == 2
    upload = confirmed(admin, upload)
    assert Account.objects.count() == 2
    assert upload.load.history


def test_two_files_of_one_table_are_loaded_one_after_the_other(admin):
    upload = give(admin, accounts__csv=ACCOUNTS, accounts_2__csv=b"id,name\nb,Birch\nc,Cedar\n")
    assert looks(upload)["accounts.csv"].rejected == 1
    confirmed(admin, upload)
    assert set(Account.objects.values_list("external_id", flat=True)) == {"a", "b", "c"}


def test_a_file_that_does_not_fit_its_table_cannot_be_confirmed(admin):
    upload = give(admin, tickets__csv=b"id,account_id,opened\nt,a,2026-01-01\n")
    assert "did you mean 'opened_at'?" in looks(upload)["tickets.csv"].problems[1]
    with pytest.raises(TenureError, match=r"tickets.csv cannot be loaded as chosen"):
        services.upload_confirm(actor=admin, upload=upload)
    services.upload_assign(actor=admin, upload=upload, tables={1: "no such table"}, history=False)
    with pytest.raises(TenureError, match="at least one file"):
        services.upload_confirm(actor=admin, upload=upload)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,name\na,A\n".encode("utf-16"), "is UTF-16"),
        (b"id,n\xe4me\na,A\n", "is not UTF-8"),
        (b"", "the file is empty"),
        (b'id,"name\n', "no header that can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(admin, content, sentence):
    (look,) = looks(give(admin, accounts__csv=content)).values()
    assert any(sentence in problem for problem in look.problems)


def test_cells_of_another_encoding_or_too_many_cost_their_row_only(admin):
    rows = b"\xef\xbb\xbfid;name\r\na;\xc4ster\r\nb;Birch\r\nc;C;C\r\n"
    (look,) = looks(give(admin, accounts__csv=rows)).values()
    assert (look.taken, look.rejected) == (1, 2)
    assert {(r.line, r.reason) for r in look.refusals} == {
        (2, "is not UTF-8 text"),
        (4, "the row has 3 cells, the header 2"),
    }
    assert look.columns[0].name == "id"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/cron.d/accounts.csv", "accounts.csv"),
        ("C:\\files\\plans.CSV", "plans.csv"),
        ("acc\x00ou\nnts\u202e.csv", "accounts.csv"),
        ("<img src=x onerror=alert(1)>.csv", "_img src_x onerror_alert(1)_.csv"),
        ("...accounts.csv.gz", "accounts.csv.gz"),
        ("客户.csv", "客户.csv"),
        ("x" * 5000 + ".jsonl", "x" * 100 + ".jsonl"),
        ("", "_"),
    ],
)
def test_a_name_is_made_safe(given, kept):
    assert keeping.safe_name(given) == kept


def test_two_files_of_one_name_do_not_overwrite_each_other(admin):
    given = [
        SimpleUploadedFile("accounts.csv", ACCOUNTS),
        SimpleUploadedFile("accounts.csv", b"id,name\nz,Z\n"),
    ]
    upload = services.upload_create(actor=admin, files=given)
    confirmed(admin, upload)
    assert Account.objects.count() == 3


def test_a_bomb_is_refused_before_it_is_unpacked(admin, monkeypatch, settings):
    monkeypatch.setattr(keeping, "LARGEST_UNPACKED", keeping.MEGA)
    bomb = gzip.compress(b"id,name\n" + b"a,A\n" * keeping.MEGA)
    assert len(bomb) < 30_000
    with pytest.raises(TenureError, match="unpacks to more than 1 MB"):
        give(admin, accounts__csv__gz=bomb)
    assert not Upload.objects.exists()
    assert not list((settings.HOME / "uploads").iterdir())


def test_a_parquet_file_of_countless_rows_is_refused(admin, monkeypatch, tmp_path):
    monkeypatch.setattr(keeping, "LARGEST_UNPACKED", keeping.MEGA)
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"id": ["same"] * 2_000_000}), path, compression="zstd")
    with pytest.raises(TenureError, match="unpacks to more"):
        give(admin, people__parquet=path.read_bytes())


def test_broken_archives_are_told_and_not_loaded(admin):
    whole = gzip.compress(ACCOUNTS)
    files = {"accounts__csv__gz": whole[:-12], "people__csv__gz": b"none", "plans__parquet": b"x"}
    upload = give(admin, **files)
    seen = looks(upload)
    assert "breaks off" in seen["people.csv.gz"].problems[0]
    assert "is not a Parquet file" in seen["plans.parquet"].problems[0]
    assert "breaks off" in seen["accounts.csv.gz"].problems[0]
    with pytest.raises(TenureError, match="cannot be loaded as chosen"):
        services.upload_confirm(actor=admin, upload=upload)


def test_an_archive_that_breaks_off_far_behind_its_first_rows_is_told_too(admin):
    rows = b"".join(b"%d,%s\n" % (n, str(n * 7919).encode() * 20) for n in range(20_000))
    packed = gzip.compress(b"id,name\n" + rows, compresslevel=1)
    upload = give(admin, plans__csv=PLANS, accounts__csv__gz=packed[:-9])
    if upload.state == "looking":
        looking.looked_at(upload)
    seen = looks(upload)
    assert "accounts.csv.gz breaks off" in seen["accounts.csv.gz"].problems[0]
    assert seen["accounts.csv.gz"].rows
    assert not seen["plans.csv"].problems


def test_too_much_at_once_is_refused_with_a_sentence(admin, monkeypatch):
    monkeypatch.setattr(keeping, "LARGEST", 20)
    with pytest.raises(TenureError, match="Load them in parts"):
        give(admin, accounts__csv=ACCOUNTS)
    monkeypatch.setattr(keeping, "MOST_FILES", 1)
    with pytest.raises(TenureError, match="2 files are too many"):
        give(admin, a__csv=b"", b__csv=b"")
    with pytest.raises(TenureError, match="at least one file"):
        give(admin)
    with pytest.raises(TenureError, match="of no format that is read"):
        give(admin, accounts__xlsx=b"PK")


@pytest.mark.parametrize("role", [Role.LEADER, Role.CSM, Role.VIEWER])
def test_only_an_administrator_gives_assigns_confirms_and_discards(admin, role):
    upload = give(admin, accounts__csv=ACCOUNTS)
    other = user_create(actor=None, email="o@example.com", role=role)
    acts = (
        lambda: give(other, accounts__csv=ACCOUNTS),
        lambda: services.upload_assign(actor=other, upload=upload, tables={}, history=False),
        lambda: services.upload_confirm(actor=other, upload=upload),
        lambda: services.upload_discard(actor=other, upload=upload),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert Upload.objects.get().state == "ready"


def test_who_lost_the_role_before_the_worker_came_loads_nothing(admin):
    user_create(actor=None, email="b@example.com", role=Role.ADMIN)
    upload = give(admin, accounts__csv=ACCOUNTS)
    services.upload_confirm(actor=admin, upload=upload)
    user_set_role(actor=None, user=admin, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        services.upload_run(Upload.objects.get())
    upload = Upload.objects.get()
    assert upload.state == "ready"
    assert "may not do this" in upload.message
    assert not Account.objects.exists()


def test_a_load_that_breaks_off_can_be_started_again(admin):
    upload = give(admin, accounts__csv=ACCOUNTS)
    path = keeping.path_of(upload.files.get())
    content = path.read_bytes()
    services.upload_confirm(actor=admin, upload=upload)
    path.write_bytes(b"id\n")
    with pytest.raises(LoadRefused):
        services.upload_run(Upload.objects.get())
    assert Upload.objects.get().state == "ready"
    assert Load.objects.get().outcome == "refused"
    path.write_bytes(content)
    assert confirmed(admin, Upload.objects.get()).state == "done"


def test_confirming_twice_loads_once(admin, django_capture_on_commit_callbacks):
    upload = give(admin, accounts__csv=ACCOUNTS)
    with django_capture_on_commit_callbacks(execute=True):
        services.upload_confirm(actor=admin, upload=upload)
    with pytest.raises(TenureError, match="is “waits for the worker”"):
        services.upload_confirm(actor=admin, upload=upload)
    assert DBTaskResult.objects.count() == 1
    assert upload_load.call(upload.pk) == "loaded"
    assert upload_load.call(upload.pk) == "loaded"
    assert Load.objects.count() == 1
    with pytest.raises(TenureError, match="is “loaded”"):
        services.upload_discard(actor=admin, upload=Upload.objects.get())


def test_a_worker_that_died_leaves_files_that_can_be_started_again(admin):
    upload = give(admin, accounts__csv=ACCOUNTS)
    upload.state, upload.touched_at = "loading", clock.now() - timedelta(minutes=6)
    upload.save()
    assert services.is_stuck(upload)
    assert confirmed(admin, upload).state == "done"


def test_files_that_nobody_loads_are_gone_after_a_day(admin):
    upload = give(admin, accounts__csv=ACCOUNTS)
    folder = keeping.folder_of(upload)
    assert not services.uploads_sweep()
    Upload.objects.update(touched_at=clock.now() - timedelta(days=1, minutes=1))
    assert services.uploads_sweep()
    assert not folder.exists()
    assert not Upload.objects.exists()


def test_discarding_deletes_the_files_and_is_in_the_audit_log(admin):
    upload = give(admin, accounts__csv=ACCOUNTS)
    folder = keeping.folder_of(upload)
    services.upload_discard(actor=admin, upload=upload)
    assert not folder.exists()
    acts = list(
        AuditEntry.objects.filter(action__startswith="upload").values_list("action", flat=True)
    )
    assert sorted(acts) == ["upload.create", "upload.discard"]
