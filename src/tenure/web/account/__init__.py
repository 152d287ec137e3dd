"""What the page of one account shows, now or as it was known at the end of a past day."""
