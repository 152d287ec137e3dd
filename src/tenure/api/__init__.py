"""The REST door (skeleton: health of the service and version)."""
