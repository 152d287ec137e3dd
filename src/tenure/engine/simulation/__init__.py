"""A simulated SaaS company whose truth is known, because it was made."""

from tenure.engine.simulation.company import Company, simulate
from tenure.engine.simulation.settings import Settings

__all__ = ["Company", "Settings", "simulate"]
