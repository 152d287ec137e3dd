"""Work on accounts: tasks, and plays that do it by themselves."""
