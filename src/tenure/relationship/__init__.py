"""Customer or client: clauses, levels, their history and what is missing."""
