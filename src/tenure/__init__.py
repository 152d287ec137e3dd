"""Tenure: customer success that knows every account and shows why."""

__version__ = "0.1.0"
