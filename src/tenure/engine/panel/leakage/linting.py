"""The linter: all rules over a table or a panel, and what is left of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tenure.engine.panel.calendar import Days
from tenure.engine.panel.leakage.columns import Column, read
from tenure.engine.panel.leakage.drift import constant, shift
from tenure.engine.panel.leakage.duplicate import duplicates
from tenure.engine.panel.leakage.findings import NOTE, Finding, Table
from tenure.engine.panel.leakage.hindsight import hindsight
from tenure.engine.panel.leakage.identifier import identifier
from tenure.engine.panel.leakage.status import Seen, status
from tenure.engine.panel.leakage.times import future, late
from tenure.engine.panel.rows import Ints, Panel
from tenure.engine.panel.tables import Observations


@dataclass(frozen=True)
class Linted:
    """What is wrong with a table and what is left of it.

    Attributes:
        findings: All findings, the columns in their order, then rows.
        columns: Names of the columns that are kept.
        rows: Indexes of the rows that are kept.
        table: The table without refused and set-aside columns and without refused rows.
    """

    findings: tuple[Finding, ...]
    columns: tuple[str, ...]
    rows: Ints
    table: Table

    @property
    def removed(self) -> tuple[Finding, ...]:
        """The findings because of which something was taken out."""
        return tuple(f for f in self.findings if f.severity != NOTE)

    def of(self, panel: Panel) -> Panel:
        """The kept rows and features of the panel that was linted."""
        return panel.take(self.rows).only(self.columns)


def lint_table(
    table: Table, *, known_ahead: Collection[str] = (), vouched: Collection[str] = ()
) -> Linted:
    """Look for columns and rows that know too much, and take them out.

    Args:
        table: Rows with columns of any kind, before they are made into numbers.
        known_ahead: Columns that hold dates to come which were known at the origin, such as
            renewal dates.
        vouched: Columns that are known to have stood like this at the origin, such as a notice
            that was given; they are not judged by how well they tell the label, nor as identifiers.
    """
    seen = Seen.of(table)
    columns = [read(name, values) for name, values in table.columns.items()]
    findings: list[Finding] = []
    named: set[str] = set()
    for column in columns:
        found = _of_column(table, column, seen, known_ahead, vouched)
        findings += found
        if any(f.rule == "identifier" for f in found):
            named.add(column.name)
    out = {f.column for f in findings if f.severity != NOTE}
    gone: list[Ints] = []
    for finding, rows in duplicates(table, [c for c in columns if c.name not in named]):
        findings.append(finding)
        if finding.severity != NOTE:
            gone.append(rows)
    kept = np.setdiff1d(np.arange(table.label.size), np.concatenate([[], *gone]))
    names = tuple(name for name in table.columns if name not in out)
    return Linted(tuple(findings), names, kept.astype(np.int64), _taken(table, names, kept))


def lint(
    panel: Panel,
    *,
    horizon: int = 12,
    recorded: Mapping[str, Days] | None = None,
    more: Mapping[str, Any] | None = None,
    observations: Observations | None = None,
    known_ahead: Collection[str] = (),
    vouched: Collection[str] = (),
) -> Linted:
    """The same for the features of a panel; `Linted.of(panel)` is the panel that is left.

    Features are judged by whether the first cause came within `horizon` months, on rows followed
    that long, and again by whether it ever came: a status as of today matches the second.

    Args:
        panel: Any panel.
        horizon: Months, ≥ 1.
        recorded: By feature, (n,) when its values were recorded.
        more: Columns beside the features, as dates or words that numbers were made from.
        observations: What the features were made from; a feature with the name of one is compared
            with its newest value that had been recorded by the origin.
        known_ahead: As in `lint_table`.
        vouched: As in `lint_table`.
    """
    columns = {name: panel.features[:, at] for at, name in enumerate(panel.names)}
    table = Table(
        panel.account,
        panel.origin,
        {**columns, **(more or {})},
        # Of rows with an open window only those to which it came have a label: no fair sample.
        np.where(panel.followed >= horizon, panel.label(panel.causes[0], horizon), np.nan),
        recorded or {},
    )
    linted = lint_table(table, known_ahead=known_ahead, vouched=vouched)
    told = [] if observations is None else list(hindsight(table, observations))
    ever = replace(table, label=np.where(panel.months[:, 0] > 0, 1.0, 0.0))
    seen = Seen.of(ever)
    told += [
        finding
        for name in linted.columns
        if name not in vouched
        for finding in status(ever, read(name, ever.columns[name]), seen)
    ]
    out = {finding.column for finding in told if finding.severity != NOTE}
    names = tuple(n for n in linted.columns if n in panel.names and n not in out)
    table = _taken(table, names, linted.rows)
    return Linted((*linted.findings, *told), names, linted.rows, table)


def _of_column(
    table: Table,
    column: Column,
    seen: Seen,
    known_ahead: Collection[str],
    vouched: Collection[str],
) -> list[Finding]:
    found = [*late(table, column), *constant(table, column)]
    if column.name not in known_ahead:
        found += future(table, column)
    if column.name not in vouched:
        found += [*status(table, column, seen), *identifier(table, column)]
    return [*found, *shift(table, column, seen)]


def _taken(table: Table, names: Sequence[str], rows: Any) -> Table:
    at = np.asarray(rows, dtype=np.int64)
    return Table(
        table.account[at],
        table.origin[at],
        {name: np.asarray(table.columns[name])[at] for name in names},
        table.label[at],
        {k: np.asarray(v)[at] for k, v in table.recorded.items() if k in names},
    )
