"""Values from after the origin: dates that had not come, and values recorded too late."""

from collections.abc import Iterator

import numpy as np

from tenure.engine.panel.calendar import as_days
from tenure.engine.panel.leakage.columns import DATE, Column
from tenure.engine.panel.leakage.findings import QUARANTINE, REFUSE, Finding, Table
from tenure.engine.sentences import FUTURE, LATE


def future(table: Table, column: Column) -> Iterator[Finding]:
    """A date after the row's origin; set aside only, when a plain number looks like a date."""
    if column.kind != DATE:
        return
    origin = table.origin.astype(np.int64)
    later = np.flatnonzero(column.known & (np.nan_to_num(column.values) > origin))
    if not later.size:
        return
    proof = later[np.argmax(column.values[later] - origin[later])]
    severity = QUARANTINE if column.guessed else REFUSE
    yield table.found("future", column.name, severity, FUTURE, proof, rows=later.size)


def late(table: Table, column: Column) -> Iterator[Finding]:
    """A value that was recorded after the row's origin."""
    if column.name not in table.recorded:
        return
    recorded = as_days(table.recorded[column.name])
    after = np.flatnonzero(column.known & (recorded > table.origin))
    if not after.size:
        return
    proof = after[np.argmax(recorded[after] - table.origin[after])]
    counts = {"rows": after.size, "recorded": recorded[proof]}
    yield table.found("late", column.name, REFUSE, LATE, proof, **counts)
