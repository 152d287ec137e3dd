"""The leakage linter: names the columns and rows that know what could not be known yet."""

from tenure.engine.panel.leakage.findings import NOTE, QUARANTINE, REFUSE, Finding, Table
from tenure.engine.panel.leakage.linting import Linted, lint, lint_table

__all__ = ["NOTE", "QUARANTINE", "REFUSE", "Finding", "Linted", "Table", "lint", "lint_table"]
