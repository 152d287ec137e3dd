"""Values from after the origin: dates that had not come, and values recorded too late."""

from collections.abc import Iterator

import numpy as np

from tenure.engine.panel.calendar import as_days
from tenure.engine.panel.leakage.columns import DATE, Column
from tenure.engine.panel.leakage.findings import QUARANTINE, REFUSE, Finding, Table


def future(table: Table, column: Column) -> Iterator[Finding]:
    """A date after the row's origin; set aside only, when a plain number looks like a date."""
    if column.kind != DATE:
        return
    origin = table.origin.astype(np.int64)
    later = np.flatnonzero(column.known & (np.nan_to_num(column.values) > origin))
    if not later.size:
        return
    proof = later[np.argmax(column.values[later] - origin[later])]
    sentence = (
        f"{{column}} lies after the origin in {later.size} rows ({{value}}, while the row is of "
        "{origin}): leave it out; if it was known then, as a renewal date is, say so with "
        "known_ahead."
    )
    severity = QUARANTINE if column.guessed else REFUSE
    yield table.found("future", column.name, severity, sentence, proof)


def late(table: Table, column: Column) -> Iterator[Finding]:
    """A value that was recorded after the row's origin."""
    if column.name not in table.recorded:
        return
    recorded = as_days(table.recorded[column.name])
    after = np.flatnonzero(column.known & (recorded > table.origin))
    if not after.size:
        return
    proof = after[np.argmax(recorded[after] - table.origin[after])]
    sentence = (
        f"{{column}} was recorded after the origin in {after.size} rows ({{value}}, recorded on "
        f"{recorded[proof]}, while the row is of {{origin}}): build it from what was recorded by "
        "then."
    )
    yield table.found("late", column.name, REFUSE, sentence, proof)
