"""What the page Ladder shows: who stands where, how they got there, who is next."""
