"""The page Today: what is due, what comes up, what changed and why, in one ordered list."""
