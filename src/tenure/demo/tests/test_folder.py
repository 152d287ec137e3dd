import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.demo.folder import LIVE_DAYS, MANIFEST, make
from tenure.demo.tests.conftest import SETTINGS
from tenure.engine.simulation.tables import COLUMNS, EVENT_COLUMNS


def _digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_the_same_settings_write_the_same_bytes(folder, tmp_path):
    make(tmp_path, SETTINGS)
    assert _digests(tmp_path) == _digests(folder)


def test_another_end_writes_other_files(folder, tmp_path):
    make(tmp_path, replace(SETTINGS, end=SETTINGS.end.replace(day=1)))
    assert _digests(tmp_path)["accounts.csv"] != _digests(folder)["accounts.csv"]


def test_all_files_of_the_contract_are_there_and_say_how_many_rows_they_have(made):
    files = {f"{name}.csv" for name in COLUMNS} | {"events.parquet", "live/messages.jsonl"}
    assert files <= made.rows.keys()
    assert {n for n in made.rows if n not in files} == {
        f"truth/{name}.parquet"
        for name in ("account_months", "accounts", "decisions", "outages", "play_effects")
    }
    assert made.rows["events.parquet"] == pq.read_metadata(made.folder / "events.parquet").num_rows


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_can_be_read_back_with_its_columns(made, name):
    with (made.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert tuple(header) == COLUMNS[name]
    assert len(rows) == made.rows[f"{name}.csv"]


def test_strange_names_survive_the_file(folder):
    with (folder / "accounts.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert "<b>Müller & Söhne</b> GmbH" in names
    assert '"Zitat", Komma; Semikolon GmbH' in names


def test_events_have_the_columns_of_the_contract_and_end_a_fortnight_early(folder):
    table = pq.read_table(folder / "events.parquet")
    assert tuple(table.column_names) == EVENT_COLUMNS
    cut = datetime.combine(SETTINGS.end, time(), UTC) - timedelta(days=LIVE_DAYS)
    latest = max(table["timestamp"].to_pylist())
    assert cut - timedelta(days=2) < latest < cut + timedelta(hours=3)  # clocks may run ahead


def test_only_the_truth_folder_holds_truth(folder):
    outside = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "truth"]
    assert len(outside) > 10
    for path in outside:
        if path.suffix == ".csv":
            header = path.read_text(encoding="utf-8").split("\n", 1)[0]
            for hidden in ("hazard", "fit", "regret", "trust", "lacking", "effect", "value"):
                assert hidden not in header.replace('"', "").strip().split(","), path


def test_a_finished_folder_is_kept_as_it_is(folder):
    before = (folder / "events.parquet").stat().st_mtime_ns
    again = make(folder, SETTINGS)
    assert again.reused
    assert (folder / "events.parquet").stat().st_mtime_ns == before


def test_a_folder_with_a_missing_or_cut_file_is_made_again(tmp_path):
    make(tmp_path, SETTINGS)
    whole = _digests(tmp_path)
    (tmp_path / "tickets.csv").unlink()
    (tmp_path / "people.csv").write_text("id\n")
    assert not make(tmp_path, SETTINGS).reused
    assert _digests(tmp_path) == whole


def test_a_folder_of_another_company_or_of_other_code_is_made_again(folder, tmp_path):
    manifest = json.loads((folder / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | {"seed": 99}))
    assert not make(tmp_path, SETTINGS).reused
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | {"edition": "older"}))
    assert not make(tmp_path, SETTINGS).reused


class Stopped(Exception):
    pass


@pytest.mark.parametrize("stage", ["simulate", "events"])
def test_interrupted_it_leaves_nothing_that_looks_finished_and_goes_on_when_rerun(
    folder, tmp_path, stage
):
    def stop(at: str, done: int, total: int) -> None:
        if at == stage and done > total // 2:
            raise Stopped

    with pytest.raises(Stopped):
        make(tmp_path, SETTINGS, stop)
    assert not (tmp_path / MANIFEST).exists()
    assert not (tmp_path / "events.parquet").exists()
    make(tmp_path, SETTINGS)
    assert _digests(tmp_path) == _digests(folder)


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    make(tmp_path, SETTINGS, lambda *step: told.append(step))
    for stage in ("simulate", "events"):
        steps = [(done, total) for at, done, total in told if at == stage]
        assert [done for done, _ in steps] == list(range(1, steps[-1][1] + 1))
