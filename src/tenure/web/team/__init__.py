"""What the page Team shows: books, hours, how fairly they are shared, and a fairer sharing."""
