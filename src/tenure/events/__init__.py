"""Product events: the durable inbox, identity resolution and the event store."""
