"""Point-in-time panels: what was known of an account at a date, and what came after it."""

from tenure.engine.panel.rows import CHURN, CLIENT, CONTRACTION, EXPANSION, Panel, spell_panel

__all__ = ["CHURN", "CLIENT", "CONTRACTION", "EXPANSION", "Panel", "spell_panel"]
