"""What the page Data shows: what came in, what did not, what it says against itself."""
