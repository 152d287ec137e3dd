"""Writes a simulated company into a folder in the public file formats, whole or not at all."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tenure.demo.live import Live
from tenure.engine import simulation
from tenure.engine.simulation import Company, Settings, simulate

Report = Callable[[str, int, int], None]

MANIFEST = ".demo.json"
LIVE_DAYS = 14


@dataclass(frozen=True)
class Made:
    """A finished folder: rows by file, and whether it was there already."""

    folder: Path
    rows: dict[str, int]
    reused: bool


def silent(stage: str, done: int, total: int) -> None:
    """Report to nobody."""


def make(folder: Path, settings: Settings, report: Report = silent) -> Made:
    """Simulate a company and write its files; a finished folder of the same settings is kept.

    Interrupted, it leaves no manifest, so the next call starts again; files appear under their
    names only when they are complete. `report(stage, done, total)` tells how far it is.
    """
    wanted = _wanted(settings)
    found = _finished(folder, wanted)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    company = simulate(settings, lambda done, total: report("simulate", done, total))
    rows = _write_tables(folder, company)
    rows |= _write_events(folder, company, report)
    sizes = {name: (folder / name).stat().st_size for name in rows}
    made = json.dumps({**wanted, "rows": rows, "bytes": sizes}, indent=1, sort_keys=True)
    _settle(folder / MANIFEST, lambda path: path.write_text(made + "\n", encoding="utf-8"))
    return Made(folder, rows, reused=False)


def edition() -> str:
    """A mark of the code that makes the company: other code, other company."""
    digest = hashlib.sha256()
    engine = Path(simulation.__file__).parent
    for path in [*sorted(engine.glob("*.py")), *sorted(Path(__file__).parent.glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _wanted(settings: Settings) -> dict[str, Any]:
    return {
        "accounts": settings.accounts,
        "months": settings.months,
        "seed": settings.seed,
        "end": settings.end.isoformat(),
        "edition": edition(),
    }


def _finished(folder: Path, wanted: dict[str, Any]) -> Made | None:
    """The folder as it is, if it was finished with the wanted settings and nothing is missing."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if any(manifest.get(key) != value for key, value in wanted.items()):
        return None
    for name, size in manifest["bytes"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            return None
    return Made(folder, dict(manifest["rows"]), reused=True)


def _settle(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name, then take the real one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    write(unfinished)
    unfinished.replace(path)


def _write_tables(folder: Path, company: Company) -> dict[str, int]:
    rows = {}
    for name, table in company.tables.items():
        _settle(folder / f"{name}.csv", partial(pacsv.write_csv, table))
        rows[f"{name}.csv"] = table.num_rows
    for name, table in company.truth.items():
        where = f"truth/{name}.parquet"
        _settle(folder / where, partial(pq.write_table, table))
        rows[where] = table.num_rows
    return rows


def _write_events(folder: Path, company: Company, report: Report) -> dict[str, int]:
    """Events received before the last fortnight as a table, the later ones as live messages."""
    cut = company.grid.end - LIVE_DAYS
    live = Live(company)
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        writer = None
        for number, sent in enumerate(company.events(), start=1):
            early = sent.received < cut
            writer = writer or pq.ParquetWriter(path, sent.table.schema, compression="zstd")
            table = sent.table.filter(pa.array(early))
            count += table.num_rows
            if table.num_rows:
                writer.write_table(table)
            later = np.flatnonzero(~early)
            live.add(
                replace(
                    sent,
                    table=sent.table.take(pa.array(later)),
                    received=sent.received[later],
                    skew=sent.skew[later],
                )
            )
            report("events", number, -(-company.grid.weeks // 4))
        if writer is not None:
            writer.close()

    _settle(folder / "events.parquet", write)
    _settle(folder / "live" / "messages.jsonl", live.write)
    return {"events.parquet": count, "live/messages.jsonl": live.count}
