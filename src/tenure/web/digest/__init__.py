"""Mail digests: the day of a success manager, the week of a leader, handed to a mail server."""
