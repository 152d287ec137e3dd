"""Fixtures for everything under tests/."""
