"""What the page for executives shows: one sheet of paper, from what the other pages show."""
