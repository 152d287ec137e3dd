"""`tenure backup` and `tenure restore`, as processes with homes of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from tests.template import sqlite_home

pytestmark = pytest.mark.once  # homes of their own, on SQLite
# Starting is what takes time, so one process may do several commands, one after the other.
PROGRAM = """
import contextlib, io, json, sys
from tenure.cli import main
said = []
for words in json.loads(sys.argv[1]):
    out, error, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["tenure", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    said.append([code, out.getvalue(), error.getvalue()])
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    error: str


@pytest.fixture
def shell(tmp_path):
    """What commands say, one after the other, in a home."""

    def run(home, *commands):
        env = {k: v for k, v in os.environ.items() if not k.startswith("TENURE_")}
        words = json.dumps([[str(word) for word in command] for command in commands])
        result = subprocess.run(
            [sys.executable, "-c", PROGRAM, words],
            env={**env, "TENURE_HOME": str(tmp_path / home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return [Said(*one) for one in json.loads(result.stdout)]

    return run


def test_a_backup_restored_elsewhere_is_the_same_tenure(shell, tmp_path):
    sqlite_home(tmp_path / "old")
    (tmp_path / "old" / "events" / "2025-01").mkdir(parents=True)
    (tmp_path / "old" / "events" / "2025-01" / "x.parquet").write_bytes(b"events")
    file = tmp_path / "all.tar.gz"
    user = ("user", "add", "ada@example.com", "--role", "admin", "--password", "long enough 1")
    added, made, again = shell("old", user, ("backup", file, "--json"), ("backup", file))
    assert (added.code, made.code, again.code) == (0, 0, 1), (added, made, again)
    assert json.loads(made.out)["bytes"] > 0
    assert "exists" in again.error

    (restored,) = shell("new", ("restore", file))
    assert restored.code == 0, restored
    listed, again = shell("new", ("user", "list", "--json"), ("restore", file))
    assert [u["email"] for u in json.loads(listed.out)] == ["ada@example.com"]
    assert (tmp_path / "new" / "events" / "2025-01" / "x.parquet").read_bytes() == b"events"
    old_key = (tmp_path / "old" / "secret.key").read_text()
    assert (tmp_path / "new" / "secret.key").read_text() == old_key
    assert again.code == 1
    assert "holds data already" in again.error


def test_what_is_no_backup_is_refused_and_nothing_is_written(shell, tmp_path):
    (tmp_path / "pets.txt").write_text("cat")
    pets, text = tmp_path / "pets.tar.gz", tmp_path / "text.tar.gz"
    subprocess.run(["tar", "-czf", pets, "-C", tmp_path, "pets.txt"], check=True)
    text.write_text("not even an archive")
    files = (tmp_path / "none", pets, text)
    none, *others = shell("empty", *(("restore", file) for file in files))
    assert [none.code, *(other.code for other in others)] == [1, 1, 1]
    assert "no file" in none.error
    assert all("not a backup" in other.error for other in others)
