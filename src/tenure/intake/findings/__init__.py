"""What the data says against itself, found by checks after each load and in the refresh."""

from tenure.intake.findings.found import Check, Found
from tenure.intake.findings.refresh import checks, findings_refresh, run_stage

__all__ = ["Check", "Found", "checks", "findings_refresh", "run_stage"]
