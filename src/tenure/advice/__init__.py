"""Advice: the best use of the team's hours this week, and what became of it."""
