"""What holds for the repository as a whole: locks, licences of what is committed, small files."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def tracked(*patterns: str) -> list[Path]:
    out = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return [path for name in out.split("\0") if name and (path := ROOT / name).exists()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = lock.read_text()
    assert "://" not in text
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_npm_locks_hold_hashes_and_no_addresses():
    locks = tracked("*package-lock.json")
    assert locks
    for lock in locks:
        for name, package in json.loads(lock.read_text())["packages"].items():
            assert "resolved" not in package, f"{lock.name}: {name}"
            assert not name or package.get("integrity"), f"{lock.name}: {name}"


def test_no_built_or_third_party_asset_is_committed():
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert not [n for n in names if "node_modules" in n or "static/build" in n or ".min." in n]


def source_files() -> list[Path]:
    return [p for p in tracked("src/*.py") if "/migrations/" not in str(p)]


def percentile_90(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.9)]


def test_files_stay_small():
    lengths = {p: len(p.read_text().splitlines()) for p in source_files()}
    assert percentile_90(list(lengths.values())) <= 300
    assert not [str(p) for p, n in lengths.items() if n > 600]


def test_functions_stay_short():
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in source_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert percentile_90(lengths) <= 35
