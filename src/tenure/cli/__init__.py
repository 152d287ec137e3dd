"""The command line `tenure`: one module per command, composing the rooms."""

from tenure.cli.app import main

__all__ = ["main"]
