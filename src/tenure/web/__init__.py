"""The pages: shell, UI kit and everything that crosses rooms."""
