"""Accounts going through plays: steps done, waits ended, runs left early."""
