"""Point-in-time panels: what was known of an account at a date, and what came after it."""

from tenure.engine.panel.ahead import AHEAD
from tenure.engine.panel.backtest import Backtest, backtest
from tenure.engine.panel.build import build
from tenure.engine.panel.calendar import months_after
from tenure.engine.panel.leakage import Finding, Linted, Table, lint, lint_table
from tenure.engine.panel.observed import Recipe
from tenure.engine.panel.rows import CHURN, CLIENT, CONTRACTION, EXPANSION, Panel, spell_panel
from tenure.engine.panel.split import origins_before
from tenure.engine.panel.tables import Arrivals, Grid, Observations, Spells, Terms

__all__ = [
    "AHEAD",
    "CHURN",
    "CLIENT",
    "CONTRACTION",
    "EXPANSION",
    "Arrivals",
    "Backtest",
    "Finding",
    "Grid",
    "Linted",
    "Observations",
    "Panel",
    "Recipe",
    "Spells",
    "Table",
    "Terms",
    "backtest",
    "build",
    "lint",
    "lint_table",
    "months_after",
    "origins_before",
    "spell_panel",
]
