"""`tenure backup` and `tenure restore`, as processes with homes of their own."""

import json
import os
import subprocess
import sys

import pytest
from tests.template import sqlite_home

pytestmark = pytest.mark.once  # homes of their own, on SQLite


@pytest.fixture
def shell(tmp_path):
    def run(home, *words, code=0):
        env = {k: v for k, v in os.environ.items() if not k.startswith("TENURE_")}
        result = subprocess.run(
            [sys.executable, "-c", "from tenure.cli import main; main()", *map(str, words)],
            env={**env, "TENURE_HOME": str(tmp_path / home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == code, result.stderr
        return result

    return run


def test_a_backup_restored_elsewhere_is_the_same_tenure(shell, tmp_path):
    sqlite_home(tmp_path / "old")
    shell("old", "user", "add", "ada@example.com", "--role", "admin", "--password", "long enough 1")
    (tmp_path / "old" / "events" / "2025-01").mkdir(parents=True)
    (tmp_path / "old" / "events" / "2025-01" / "x.parquet").write_bytes(b"events")
    file = tmp_path / "all.tar.gz"
    assert json.loads(shell("old", "backup", file, "--json").stdout)["bytes"] > 0
    assert "exists" in shell("old", "backup", file, code=1).stderr

    shell("new", "restore", file)
    users = json.loads(shell("new", "user", "list", "--json").stdout)
    assert [u["email"] for u in users] == ["ada@example.com"]
    assert (tmp_path / "new" / "events" / "2025-01" / "x.parquet").read_bytes() == b"events"
    old_key = (tmp_path / "old" / "secret.key").read_text()
    assert (tmp_path / "new" / "secret.key").read_text() == old_key
    assert "holds data already" in shell("new", "restore", file, code=1).stderr


def test_what_is_no_backup_is_refused_and_nothing_is_written(shell, tmp_path):
    assert "no file" in shell("empty", "restore", tmp_path / "none", code=1).stderr
    other = tmp_path / "other.tar.gz"
    (tmp_path / "pets.txt").write_text("cat")
    subprocess.run(["tar", "-czf", other, "-C", tmp_path, "pets.txt"], check=True)
    assert "not a backup" in shell("empty", "restore", other, code=1).stderr
    other.write_text("not even an archive")
    assert "not a backup" in shell("empty", "restore", other, code=1).stderr
