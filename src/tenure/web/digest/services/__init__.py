"""What is written of digests: the choice, what falls due, what became of it."""
