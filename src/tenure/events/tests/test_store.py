"""What the store promises its readers and writers."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from django.db import transaction

from tenure.core import clock
from tenure.events.models import AccountRef, DirtyWeek, StoreFile
from tenure.events.selectors import store_snapshot
from tenure.events.services import (
    compact,
    events_ingest,
    events_reattribute,
    identity_apply,
    store_compact,
    store_sweep,
)
from tenure.events.tests.said import day, events, said, stored

pytestmark = pytest.mark.django_db


def _known(*users):
    """People of the account acme."""
    identity_apply(messages=[said("group", -1, user_id=user, account_id="acme") for user in users])


def _small_files(count):
    _known("ann")
    for number in range(count):
        row = {"user_id": "ann", "message_id": str(number), "at": number / 100}
        events_ingest(table=events(row), source="test")


def test_files_are_sorted_by_account_and_time_and_lie_by_month(store_folder):
    identity_apply(
        messages=[said("group", -1, user_id=f"u{i}", account_id=f"a{i % 3}") for i in range(9)]
    )
    rows = [{"user_id": f"u{i % 9}", "message_id": str(i), "at": 50 - i} for i in range(50)]
    events_ingest(table=events(*rows), source="test")
    assert [f.month for f in store_snapshot().files] == [
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]
    for file, table in zip(store_snapshot().files, store_snapshot().tables(), strict=True):
        keys = list(
            zip(table["account_id"].to_pylist(), table["occurred_at"].to_pylist(), strict=True)
        )
        assert keys == sorted(keys)
        assert (store_folder / file.path).parent.name == f"{file.month:%Y-%m}"
        assert {len(m) for m in table["message_id"].to_pylist()} == {16}


def test_duplicates_are_found_within_a_batch_and_across_batches():
    same = {"user_id": "ann", "message_id": "1"}
    first = events_ingest(table=events(same, same, {"user_id": "ann", "at": 1}), source="test")
    assert (first.stored, first.duplicate) == (2, 1)
    again = events_ingest(table=events({"user_id": "ann", "at": 1}, same), source="test")
    assert (again.stored, again.duplicate) == (0, 2)


def test_events_that_differ_only_in_their_properties_are_two():
    rows = [{"user_id": "ann", "properties": p} for p in ('{"a": 1}', '{"a": 2}', None)]
    assert events_ingest(table=events(*rows), source="test").stored == 3


def test_late_events_go_to_their_old_month():
    events_ingest(table=events({"user_id": "ann", "at": 300}), source="test")
    events_ingest(table=events({"user_id": "ann", "at": 0}), source="test")
    assert [f.month for f in store_snapshot().files] == [date(2026, 1, 1), date(2026, 11, 1)]


def test_rows_that_cannot_be_stored_are_told_with_the_reason():
    table = events(
        {"user_id": "ann", "event": " "},
        {},
        {"user_id": "x" * 201},
        {"user_id": "ann", "at": datetime(1812, 1, 1, tzinfo=UTC)},
        {"user_id": "ann"},
    )
    result = events_ingest(table=table, source="test")
    assert (result.stored, result.rejected) == (1, 4)
    assert [(r.row, r.column) for r in sorted(result.rejects, key=lambda r: r.row)] == [
        (0, "event"),
        (1, "user_id"),
        (2, "user_id"),
        (3, "timestamp"),
    ]


def test_weeks_with_new_events_are_marked_with_their_accounts():
    _known("ann")
    DirtyWeek.objects.all().delete()
    events_ingest(table=events({"user_id": "ann", "at": 0}, {"user_id": "joe"}), source="test")
    week = DirtyWeek.objects.get()
    assert week.week == date(2026, 1, 26)
    assert week.account_min == week.account_max == week.detail["accounts"][0] > 0


def test_events_that_name_an_unknown_account_wait_visibly_until_it_is_there():
    events_ingest(table=events({"account_id": "late", "at": 1}), source="test")
    ref = AccountRef.objects.get()
    assert (ref.value, ref.account, ref.waiting, ref.first_seen_at) == ("late", None, 1, day(1))
    identity_apply(messages=[said("group", 9, account_id="late", traits={"name": "Late Ltd"})])
    DirtyWeek.objects.all().delete()
    assert events_reattribute().events_moved == 1
    ref.refresh_from_db()
    assert (ref.account.name, ref.waiting) == ("Late Ltd", 0)
    assert stored() == [("late", None, "opened", 1.0)]
    assert DirtyWeek.objects.count() == 1


def test_nothing_is_read_when_nothing_changed():
    _small_files(3)
    events_reattribute()
    assert events_reattribute().files_read == 0


def test_a_person_in_several_accounts_counts_where_they_worked_at_the_time():
    identity_apply(
        messages=[
            said("group", 3, user_id="ann", account_id="b"),
            said("group", 1, user_id="ann", account_id="a"),
        ]
    )
    rows = [{"user_id": "ann", "at": at} for at in (0, 1, 2, 3, 4)]
    rows.append({"user_id": "ann", "at": 5, "account_id": "a"})
    events_ingest(table=events(*rows), source="test")
    assert [account for account, *_rest in sorted(stored(), key=lambda r: r[3])] == list("aaabba")


def test_aliases_chain_and_circles_end_at_one_person():
    table = events(*({"user_id": user, "at": i} for i, user in enumerate("abcxyz")))
    events_ingest(table=table, source="test")
    pairs = ["ab", "bc", "zx", "xy", "yz"]
    identity_apply(messages=[said("alias", 1, previous_id=old, user_id=new) for old, new in pairs])
    events_reattribute()
    assert [person for _a, person, *_rest in sorted(stored(), key=lambda r: r[3])] == list("cccxxx")


def test_a_reader_is_not_disturbed_by_compaction_and_reattribution():
    _small_files(12)
    snapshot = store_snapshot()
    assert store_compact().merged == 12
    identity_apply(messages=[said("group", -2, user_id="ann", account_id="other")])
    events_reattribute()
    store_sweep()
    assert snapshot.rows == sum(table.num_rows for table in snapshot.tables()) == 12
    paths = snapshot.paths()
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet({paths})").fetchone() == (12,)


def test_compaction_keeps_every_row_in_order():
    _small_files(20)
    before = stored()
    with clock.at(day(1)):
        result = store_compact()
    assert (result.merged, result.written) == (20, 1)
    assert stored() == before
    (table,) = store_snapshot().tables()
    times = table["occurred_at"].to_pylist()
    assert times == sorted(times)


def test_files_of_the_running_month_are_merged_by_eights_only():
    _small_files(7)
    with clock.at(day(1)):
        assert store_compact().merged == 0


def test_retired_files_are_deleted_after_their_grace_and_no_earlier(store_folder):
    _small_files(12)
    store_compact()
    assert store_sweep().retired == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert store_sweep().retired == 12
    assert len(list(store_folder.rglob("*.parquet"))) == 1


def test_what_a_crashed_writer_left_is_swept_after_the_grace(store_folder, settings):
    _small_files(1)
    (live,) = store_folder.rglob("*.parquet")
    (live.parent / "lost.parquet").write_bytes(b"half")
    (live.parent / "lost.parquet.12ab.writing").write_bytes(b"half")
    assert store_sweep().orphans == 0
    settings.EVENTS_GRACE_SECONDS = -60
    assert store_sweep().orphans == 2
    assert list(store_folder.rglob("*.*")) == [live]


def test_a_store_elsewhere_is_named_by_its_address(settings):
    settings.EVENTS_URL = "memory://elsewhere"
    _small_files(12)
    assert store_compact().merged == 12
    assert store_snapshot().local is False
    assert store_snapshot().dataset().count_rows() == 12
    with clock.at(clock.now() + timedelta(hours=2)):
        assert store_sweep().retired == 12


def test_a_snapshot_is_narrowed_to_files_that_may_hold_what_is_asked():
    _known("ann")
    table = events({"user_id": "ann", "at": 0}, {"user_id": "ann", "at": 40})
    events_ingest(table=table, source="test")
    account = stored() and store_snapshot().files[0].account_min
    snapshot = store_snapshot()
    assert len(snapshot.narrowed(account_from=account + 1).files) == 0
    assert len(snapshot.narrowed(account_to=account - 1).files) == 0
    assert [f.month for f in snapshot.narrowed(since=day(30)).files] == [date(2026, 3, 1)]
    assert [f.month for f in snapshot.narrowed(until=day(30)).files] == [date(2026, 1, 1)]


def test_files_of_a_transaction_that_fails_are_not_in_the_store():
    with transaction.atomic():
        assert events_ingest(table=events({"user_id": "ann"}), source="test").stored == 1
        transaction.set_rollback(True)
    assert store_snapshot().files == ()
    assert StoreFile.objects.count() == 0
    assert events_ingest(table=events({"user_id": "ann"}), source="test").stored == 1


def test_a_merge_that_comes_too_late_changes_nothing(monkeypatch):
    _small_files(12)
    merge = compact.files_replace

    def late(**given):
        StoreFile.objects.filter(pk=given["old"][0].pk).update(retired_at=clock.now())
        return merge(**given)

    monkeypatch.setattr(compact, "files_replace", late)
    assert store_compact().merged == 0
    assert len(store_snapshot().files) == 11
    on_disk = {Path(path).name for path in store_snapshot().paths()}
    assert len(on_disk) == 11
