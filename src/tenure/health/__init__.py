"""Scorecards, scores, their explanations and transitions."""
