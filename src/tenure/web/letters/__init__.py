"""Letters: a room of the pages that writes to people of accounts."""
