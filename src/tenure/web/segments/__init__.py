"""The pages of segments: their list, one segment, the builder, and filters by segment."""
