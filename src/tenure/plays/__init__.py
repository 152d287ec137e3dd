"""Work on accounts: tasks, whoever or whatever made them."""
